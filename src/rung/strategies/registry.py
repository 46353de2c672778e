"""Finding strategies by name. Ours and a third party's come through the same door: entry points."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from rung.errors import RungError, UsageError
from rung.strategies.contract import Card, Strategy

GROUP = "rung.strategies"


def strategy_names() -> tuple[str, ...]:
    """The names of all registered strategies, sorted by name. Imports none of them."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def load_strategy(name: str) -> type[Strategy]:
    """The class registered as `name`.

    Raises `UsageError` for an unknown name, and `RungError` where two packages claim it, its module cannot be
    imported, or its class has no card of that name.
    """
    points = tuple(entry_points(group=GROUP, name=name))
    if not points:
        raise UsageError(_unknown(name))
    if len({point.value for point in points}) > 1:
        claims = " and ".join(sorted(_origin(point) for point in points))
        raise RungError(f"the strategy name {name!r} is claimed by {claims}; uninstall one of them")
    return _load(points[0])


def all_cards() -> list[Card]:
    """The cards of all registered strategies, lightest first. Loads no model and none of the heavy libraries."""
    cards = [load_strategy(name).card for name in strategy_names()]
    return sorted(cards, key=lambda card: (card.rank, card.name))


def _load(point: EntryPoint) -> type[Strategy]:
    try:
        strategy: type[Strategy] = point.load()
    except (ImportError, AttributeError) as error:
        raise RungError(
            f"the strategy {point.name!r} of {_origin(point)} cannot be loaded: {error}; "
            "repair or uninstall that package"
        ) from error
    card = getattr(strategy, "card", None)
    if not isinstance(card, Card) or card.name != point.name:
        found = f"names itself {card.name!r}" if isinstance(card, Card) else "has no card"
        raise RungError(
            f"the strategy {point.name!r} of {_origin(point)} {found}; "
            "its class needs `card`, a rung.strategies.contract.Card with the name of its entry point"
        )
    return strategy


def _origin(point: EntryPoint) -> str:
    package = point.dist.name if point.dist is not None else "an unknown package"
    return f"{package} ({point.value})"


def _unknown(name: str) -> str:
    names = strategy_names()
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"no strategy is called {name!r}; {hint}known strategies: {', '.join(names) or 'none is installed'}"
