"""Two strategies side by side, told on a terminal and as one JSON document."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.estimate import LEVEL, Estimate
from rung.evaluate.contrast import ALPHA, FEWEST_ITEMS, Contrast, Part
from rung.report.escape import plain, shorten
from rung.report.figures import show, show_probability, shown
from rung.report.page import Page, broken

LONGEST_NAME = 40
NAMED = 8
OTHER_COLUMNS = 58
"""What the columns beside the names take, with the gaps between them."""
NARROWEST_NAME = 22
_TRENDS = {"gains": "✓ gains", "regresses": "✗ regresses", "open": "? open"}


def render_contrast(found: Contrast, width: int, *, colour: bool = False) -> str:
    """The comparison as text of at most `width` columns: three sentences first, then the evidence."""
    page = Page(width, colour=colour)
    page.say(verdict_sentence(found))
    page.say(_segments_sentence(found))
    page.say(_next_sentence(found))
    page.heading("All items")
    challenger, baseline = _names(found)
    page.say(f"{challenger}: {show(found.challenger_score)}")
    page.say(f"{baseline}: {show(found.baseline_score)}")
    page.say(f"difference: {show(found.difference, difference=True)}")
    page.say(
        f"{challenger} scores higher on {found.wins:,} items, {baseline} on {found.losses:,}; "
        f"{found.items - found.wins - found.losses:,} are alike; p {show_probability(found.p_value)}"
    )
    for dimension in dict.fromkeys(part.dimension for part in found.parts):
        _table(page, dimension, [part for part in found.parts if part.dimension == dimension])
    for dimension, count in found.too_few.items():
        parts = "1 part has" if count == 1 else f"{count} parts have"
        page.say(
            f"By {dimension}, {parts} fewer than {FEWEST_ITEMS} items and {'is' if count == 1 else 'are'} left out."
        )
    page.console.print()
    page.say(_legend(found))
    return page.text


def contrast_document(found: Contrast) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "challenger": found.challenger,
        "baseline": found.baseline,
        "verdict": found.verdict,
        "items": found.items,
        "challenger_score": encode(found.challenger_score),
        "baseline_score": encode(found.baseline_score),
        "difference": encode(found.difference),
        "p_value": found.p_value,
        "wins": found.wins,
        "losses": found.losses,
        "items_needed": found.items_needed,
        "parts": [encode(part) for part in found.parts],
        "regressions": [{"dimension": part.dimension, "name": part.name} for part in found.regressions],
        "lower": [{"dimension": part.dimension, "name": part.name} for part in found.lower],
        "too_few": found.too_few,
    }


def verdict_sentence(found: Contrast) -> str:
    """What the whole shows, in one sentence."""
    points = shown(found.difference, difference=True)
    told = f"{points.value} ({points.interval})" if points.interval else points.value
    challenger, baseline = _names(found)
    than = f"than {baseline} on {found.items:,} items"
    return {
        "better": f"{challenger} is better {than}: {told}.",
        "worse": f"{challenger} is worse {than}: {told}.",
        "open": f"{challenger} is not told apart from {baseline} on {found.items:,} items: {told}.",
    }[found.verdict]


def _names(found: Contrast) -> tuple[str, str]:
    return shorten(found.challenger, LONGEST_NAME), shorten(found.baseline, LONGEST_NAME)


def _legend(found: Contrast) -> str:
    points = f"Points are percentage points. Intervals are two-sided {LEVEL:.0%}"
    if not found.parts:
        return f"{points}."
    return (
        f"{points}, each for its part alone. A gain or a regression is shown when its p, adjusted for all parts of the "
        f"table (Holm), is at most {ALPHA:.2g}. vs rest: the part's difference less that of all other items; * where "
        "that is shown with all parts taken together (Bonferroni)."
    )


def _segments_sentence(found: Contrast) -> str:
    if not found.parts:
        return "The items are not divided into parts, so nothing is said about any of them."
    told = []
    if found.regressions:
        told.append(f"Regresses in {_named(found.regressions)}.")
    else:
        told.append("No part is shown to regress.")
    if found.lower:
        told.append(f"Lower in these items, without proof of a loss: {_named(found.lower)}.")
    return " ".join(told)


def _named(parts: tuple[Part, ...]) -> str:
    names = [
        f"{shorten(part.name, LONGEST_NAME)} ({shown(part.difference, difference=True).value})"
        for part in parts[:NAMED]
    ]
    more = f" and {len(parts) - NAMED} more" if len(parts) > NAMED else ""
    return ", ".join(names) + more


def _next_sentence(found: Contrast) -> str:
    if found.regressions:
        if found.verdict == "better":
            return "An aggregate gain does not make up for these: look at their items before rolling anything out."
        return "Look at the items of these parts before rolling anything out."
    if found.verdict != "open":
        return "What is shown here holds as far as these items stand for what will be asked."
    if found.items_needed is None:
        return "How many more items would tell the two apart cannot be said from these."
    more = found.items_needed - found.items
    return f"About {found.items_needed:,} items in all would tell the two apart, {more:,} more than there are."


def _table(page: Page, dimension: str, parts: list[Part]) -> None:
    page.heading(f"By {plain(dimension)}")
    ordered = sorted(parts, key=lambda one: one.difference.value)
    room = max(page.console.width - OTHER_COLUMNS, NARROWEST_NAME)
    points = [_points(part.difference) for part in ordered]
    page.tables(
        (shorten(dimension, room), [broken(shorten(part.name, LONGEST_NAME), room) for part in ordered]),
        [
            ("items", [f"{part.items:,}" for part in ordered]),
            ("points", [value for value, _ in points]),
            ("interval", [interval for _, interval in points]),
            ("shown", [_TRENDS[part.trend] for part in ordered]),
            ("vs rest", [_against_rest(part) for part in ordered]),
        ],
    )


def _against_rest(part: Part) -> str:
    rest = _points(part.against_rest)[0] if isinstance(part.against_rest, Estimate) else "–"
    return f"{rest}{'*' if part.differs else ' '}"


def _points(difference: Estimate) -> tuple[str, str]:
    """(value, interval) without the word that heads the column."""
    parts = shown(difference, difference=True)
    return parts.value.removesuffix(" points"), parts.interval.partition(":")[0]
