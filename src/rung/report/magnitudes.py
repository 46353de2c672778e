"""Figures that span orders of magnitude in words: two significant digits for each number, and a word for its size.

`figures.py` shows all numbers of a figure to one place, set by the interval's half-width. An interval from a hundred
to a million would leave its middle without a digit.
"""

from __future__ import annotations

from math import floor, log10

from rung.estimate import Estimate, Figure
from rung.report.escape import plain
from rung.report.figures import show, show_value
from rung.report.words import PROVENANCES

_WORDS = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def show_magnitude(figure: Figure) -> str:
    """The figure as one sentence part: "3.2 × 10¹⁹ FLOPs (1.1 × 10¹⁸ to 9.9 × 10²¹) ◐ modelled, n = 20"."""
    if not isinstance(figure, Estimate):
        return show(figure)
    mark = PROVENANCES[figure.provenance]
    count = "" if figure.n is None else f", n = {figure.n:,}"
    return f"{value_and_interval(figure)} {mark.symbol} {mark.word}{count}"


def value_and_interval(figure: Estimate) -> str:
    """Value with unit and the ends of the interval in brackets, where there are any."""
    money = figure.unit.upper().startswith("USD")
    value = f"USD {magnitude(figure.value)}" if money else f"{magnitude(figure.value)} {plain(figure.unit)}".strip()
    if figure.low is None or figure.high is None:
        known = [f"from {magnitude(figure.low)}"] if figure.low is not None else []
        known += [f"up to {magnitude(figure.high)}"] if figure.high is not None else []
        missing = "no upper bound" if figure.high is None else "no lower bound"
        return f"{value} ({', '.join([*known, missing])})"
    if figure.low == figure.high == figure.value:
        return value
    return f"{value} ({magnitude(figure.low)} to {magnitude(figure.high)})"


def magnitude(value: float) -> str:
    """Two significant digits: "0.041", "3.2", "87,000", "1.4 billion", "3.2 × 10¹⁹"."""
    size = abs(value)
    if size == 0:
        return "0"
    rounded = round(value, 1 - floor(log10(size)))
    size = abs(rounded)
    if size >= 1e15 or size < 1e-4:
        power = floor(log10(size))
        return f"{rounded / 10.0**power:.1f} × 10{str(power).translate(SUPERSCRIPTS)}"
    for scale, word in _WORDS:
        if size >= scale:
            return f"{show_value(rounded / scale, '')}{word}"
    return show_value(rounded, "")
