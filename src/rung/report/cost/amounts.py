"""Amounts of money in columns whose sums a reader checks: what is shown adds up to the total that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from rung.estimate import Estimate, Figure
from rung.report.figures import shown
from rung.report.magnitudes import magnitude, value_and_interval
from rung.report.words import PROVENANCES

CENTS_BELOW_USD = 100.0
FACTOR = 10.0
_MINUS = "\u2212"


def places_for(totals: Sequence[float]) -> int:
    """Digits behind the point for a column of amounts: whole USD, or cents where the largest total is below 100."""
    return 2 if max((abs(one) for one in totals), default=0.0) < CENTS_BELOW_USD else 0


def added_up(parts: Sequence[float], places: int) -> tuple[list[Decimal], Decimal]:
    """The parts and their sum rounded to `places`, so that the rounded parts add up to the rounded sum exactly.

    Each part is rounded down, and what is then missing goes to the parts that lost most (largest remainder): none
    moves by a whole unit.
    """
    unit = Decimal(1).scaleb(-places)
    exact = [Decimal(repr(float(one))) for one in parts]
    total = sum(exact, Decimal(0)).quantize(unit, rounding=ROUND_HALF_EVEN)
    lower = [one.quantize(unit, rounding=ROUND_FLOOR) for one in exact]
    short = int((total - sum(lower, Decimal(0))) / unit)
    order = sorted(range(len(exact)), key=lambda place: (lower[place] - exact[place], place))
    for place in order[:short]:
        lower[place] += unit
    return lower, total


def told(amount: Decimal | float, places: int) -> str:
    """The amount with thousands separated: 12,345, or −0.40."""
    value = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    text = f"{abs(value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)):,.{places}f}"
    return f"{_MINUS}{text}" if value < 0 and text.strip("0.,") else text


def roughly(figure: Figure | None) -> str:
    """Two significant digits and the sign of provenance, for a figure that a simulation gives no more digits of; as
    `ranged` where it has an interval, which then decides the digits."""
    if isinstance(figure, Estimate) and figure.low == figure.high == figure.value:
        return f"{magnitude(figure.value)} {PROVENANCES[figure.provenance].symbol}"
    return ranged(figure)


def _spans(figure: Estimate) -> bool:
    """Whether the ends lie a factor of ten or more apart: rounded to one place, the lower one would be lost."""
    return figure.low is not None and figure.high is not None and 0 < FACTOR * figure.low <= figure.high


def symbol(figure: Figure) -> str:
    """The sign of the figure's provenance; "" for one that nobody has."""
    return PROVENANCES[figure.provenance].symbol if isinstance(figure, Estimate) else ""


def short(figure: Figure | None) -> str:
    """Value and sign of provenance, for a cell: "0.25 ◐", or "unknown"."""
    if figure is None:
        return "–"
    parts = shown(figure)
    return "unknown" if parts.missing else f"{parts.value.removeprefix('USD ').partition(' ')[0]} {parts.symbol}"


def ranged(figure: Figure | None) -> str:
    """Value, interval and sign of provenance, for a cell: "0.25 (0.21 to 0.30) ◐", or "unknown"."""
    if figure is None:
        return "–"
    parts = shown(figure)
    if parts.missing:
        return "unknown"
    if isinstance(figure, Estimate) and _spans(figure):
        words = value_and_interval(replace(figure, unit=""))
        return f"{words} {parts.symbol}"
    value = parts.value.removeprefix("USD ").partition(" ")[0]
    return f"{value} ({parts.interval}) {parts.symbol}" if parts.interval else f"{value} {parts.symbol}"
