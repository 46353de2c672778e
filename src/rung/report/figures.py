"""Numbers in words. The one place that decides how many digits a figure is shown with.

An interval decides the digits: its half-width keeps two significant digits, and the value is shown to the same
place, so no digit is shown that the data says nothing about. The ends are rounded outwards, never inwards. A
figure without an interval keeps three significant digits, whole numbers and whole USD keep all of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from math import floor, log10

from rung.estimate import Estimate, Figure, Missing
from rung.report.escape import plain
from rung.report.words import METRIC_TITLES, METRIC_UNITS, PROVENANCES
from rung.task.task import Target

_SHARES = frozenset({"share", "proportion", "fraction", "ratio"})
_BARE = frozenset({"", "index", "score", "0-100", "of 100", "temperature"})
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure taken apart for layout. `interval`, `count`, `note` and `remedy` are "" where there is none.

    `missing` is True when there is no value: then `value` is "unknown" and `note` says why.
    """

    value: str
    interval: str
    provenance: str
    symbol: str
    count: str
    note: str
    remedy: str
    source: str
    missing: bool


def show(figure: Figure, *, difference: bool = False) -> str:
    """The figure as one sentence part, such as "81.3% (74.2% to 86.8%) ● measured, n = 150".

    `difference` marks a difference of two shares: it gets a sign and is told in percentage points.
    """
    parts = shown(figure, difference=difference)
    if parts.missing:
        return f"unknown: {parts.note}" + (f"; {parts.remedy}" if parts.remedy else "")
    body = f"{parts.value} ({parts.interval})" if parts.interval else parts.value
    return f"{body} {parts.symbol} {parts.provenance}" + (f", {parts.count}" if parts.count else "")


def shown(figure: Figure, *, difference: bool = False) -> Shown:
    """The parts of the figure in words, free of control characters."""
    if isinstance(figure, Missing):
        return Shown("unknown", "", "", "", "", plain(figure.because), plain(figure.remedy), "", missing=True)
    mark = PROVENANCES[figure.provenance]
    unit = "points" if difference and figure.unit.lower() in _SHARES else figure.unit
    decimals = _decimals(figure, unit)
    return Shown(
        value=_with_unit(figure.value, unit, decimals, ROUND_HALF_EVEN, signed=difference),
        interval=_interval(figure, unit, decimals, signed=difference),
        provenance=mark.word,
        symbol=mark.symbol,
        count="" if figure.n is None else f"n = {figure.n:,}",
        note=plain(figure.note),
        remedy="",
        source=plain(figure.source),
        missing=False,
    )


def show_value(value: float, unit: str) -> str:
    """An exact number with its unit: a target's bound, a constraint, a setting."""
    return _with_unit(value, unit, _exact_places(_scaled(value, unit), unit), ROUND_HALF_EVEN, signed=False)


def show_number(value: float) -> str:
    """A bare exact number with thousands separated."""
    return show_value(value, "")


def show_probability(p_value: float | None) -> str:
    """A p-value: two significant digits, "< 0.001" under that, "unknown" for None."""
    if p_value is None:
        return "unknown"
    if p_value < 0.001:
        return "< 0.001"
    return f"{p_value:.3f}" if p_value < 0.1 else f"{p_value:.2f}"


def show_target(target: Target) -> str:
    """The target as words: "task success at least 80%", with its segment where it has one."""
    name = METRIC_TITLES[target.metric].lower()
    return f"{name}{f' ({target.segment})' if target.segment else ''} {show_bound(target)}"


def show_bound(target: Target) -> str:
    """Only the bound: "at least 80%" or "at most 1,500 ms"."""
    unit = METRIC_UNITS[target.metric]
    if target.minimum is not None:
        return f"at least {show_value(target.minimum, unit)}"
    return f"at most {show_value(target.maximum, unit)}" if target.maximum is not None else "no bound"


def in_unit_shown(value: float, unit: str) -> float:
    """The number as it is shown: shares times 100, everything else as it is. For the axes of charts."""
    return float(_scaled(value, unit))


def _interval(figure: Estimate, unit: str, decimals: int, *, signed: bool) -> str:
    low, high = figure.low, figure.high
    if low is not None and high is not None:
        if low == high == figure.value:
            return ""
        first = _number(_scaled(low, unit), decimals, ROUND_FLOOR, signed=signed)
        return f"{first}{'%' if _is_share(unit) else ''} to {_bare(high, unit, decimals, ROUND_CEILING, signed)}"
    if low is None and high is None:
        return "no interval" + (f": {plain(figure.note)}" if figure.note else "")
    if low is None and high is not None:
        return f"up to {_bare(high, unit, decimals, ROUND_CEILING, signed)}, no lower bound"
    return f"from {_bare(low or 0.0, unit, decimals, ROUND_FLOOR, signed)}, no upper bound"


def _bare(value: float, unit: str, decimals: int, rounding: str, signed: bool) -> str:
    """Without the unit, which the value beside it carries; shares keep their percent sign."""
    number = _number(_scaled(value, unit), decimals, rounding, signed=signed)
    return f"{number}%" if _is_share(unit) else number


def _with_unit(value: float, unit: str, decimals: int, rounding: str, *, signed: bool) -> str:
    number = _number(_scaled(value, unit), decimals, rounding, signed=signed)
    if _is_share(unit):
        return f"{number}%"
    if unit in _BARE:
        return number
    if _is_money(unit):
        rest = plain(unit[3:]).strip().lstrip("/").strip()
        return f"USD {number}" + (f" per {rest.removeprefix('per ')}" if rest else "")
    return f"{number} {plain(unit)}"


def _is_share(unit: str) -> bool:
    return unit.lower() in _SHARES or unit == "%"


def _scaled(value: float, unit: str) -> Decimal:
    # Decimal of the shortest repr: 0.29 is 29 %, not 28.999999999999996 %.
    exact = Decimal(repr(float(value)))
    return exact * 100 if unit.lower() in _SHARES or unit == "points" else exact


def _decimals(figure: Estimate, unit: str) -> int:
    value = _scaled(figure.value, unit)
    ends = [_scaled(end, unit) for end in (figure.low, figure.high) if end is not None]
    if len(ends) == 2:
        half_width = float(ends[1] - ends[0]) / 2
    else:
        half_width = max((abs(float(end - value)) for end in ends), default=0.0)
    if half_width <= 0:
        return _exact_places(value, unit)
    decimals = min(1 - floor(log10(half_width)), 6)
    if _is_money(unit) and abs(value) >= Decimal("0.1"):
        return min(decimals, 0 if abs(value) >= 100 else 2)
    return decimals


def _is_money(unit: str) -> bool:
    return unit.upper().startswith("USD")


def _exact_places(value: Decimal, unit: str) -> int:
    places = _exact_decimals(value)
    # USD 0.60 and not USD 0.6; thousands go without cents.
    return max(places, 2) if _is_money(unit) and 0 < abs(value) < 100 else places


def _exact_decimals(value: Decimal) -> int:
    size = abs(float(value))
    if size == 0 or float(value).is_integer() or size >= 100:
        return 0
    wanted = 2 - floor(log10(size))
    digits = f"{value:.{wanted}f}".rstrip("0")
    return len(digits.rpartition(".")[2])


def _number(value: Decimal, decimals: int, rounding: str, *, signed: bool) -> str:
    # Rounding outwards must not turn 0.8 + 1e-17 of float noise into another last digit.
    steady = value.quantize(Decimal(1).scaleb(-decimals - 6), rounding=ROUND_HALF_EVEN)
    rounded = steady.quantize(Decimal(1).scaleb(-decimals), rounding=rounding)
    text = f"{abs(rounded):,.{max(decimals, 0)}f}"
    if rounded == 0:
        return text
    return f"{_MINUS}{text}" if rounded < 0 else f"+{text}" if signed else text
