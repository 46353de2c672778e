"""The classes of failures, each down to its items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rung.diagnose.classes import Failed, FailureClass
from rung.report.escape import plain


@dataclass(frozen=True, slots=True)
class Opened:
    """The items of a class as far as they are shown: `shown` with their texts, `ids` of those without, `rest` more."""

    shown: tuple[Failed, ...]
    ids: tuple[str, ...]
    rest: int


def open_class(found: FailureClass, items: Sequence[Failed], limit: int) -> Opened:
    """The class's items in its order, at most `limit`. Texts come from `items`, or from the class's own examples."""
    texts = {item.id: item for item in (*found.examples, *items)}
    ids = found.item_ids or tuple(item.id for item in found.examples)
    first = ids[:limit]
    return Opened(
        shown=tuple(texts[one] for one in first if one in texts),
        ids=tuple(one for one in first if one not in texts),
        rest=len(ids) - len(first),
    )


def open_examples(found: FailureClass, limit: int) -> Opened:
    """The class's own examples with their texts, then the ids of others, `limit` in all."""
    shown = found.examples[:limit]
    told = {item.id for item in shown}
    others = tuple(one for one in found.item_ids if one not in told)
    ids = others[: limit - len(shown)]
    return Opened(shown, ids, len(others) - len(ids))


def named(classes: Sequence[FailureClass], name: str) -> tuple[FailureClass, ...]:
    """The classes of this name; where there is none, those of this name whatever its case and spaces, or the one whose
    name begins like this. A name may be given as it is shown, with its control characters spelled out."""

    def folded(text: str) -> str:
        return " ".join(plain(text).split()).casefold()

    exact = tuple(one for one in classes if one.name == name)
    alike = exact or tuple(one for one in classes if folded(one.name) == folded(name))
    begun = tuple(one for one in classes if name.strip() and folded(one.name).startswith(folded(name)))
    return alike or (begun if len({one.name for one in begun}) == 1 else ())
