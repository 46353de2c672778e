"""A square plane of two shares in percent, for curves: its axes, and a marked point with words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.report.charts.colours import MUTED

MOST_POINTS = 200
"""Of a curve; more would only make the page larger."""
MARGINS_PX = {"left": 58, "right": 22, "top": 10, "bottom": 44}


def axis(title: str, *, values: Sequence[float] | None = None) -> dict[str, Any]:
    """The settings of an axis in percent."""
    return {
        "title": title, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": MUTED, "labelFontSize": 11,
        "labelColor": MUTED, "labelExpr": "datum.label + '%'", "ticks": False, "domain": False, "grid": True,
        "labelOverlap": False, "labelFlush": False, "labelPadding": 6,
        **({"tickCount": 5} if values is None else {"values": list(values)}),
    }  # fmt: skip


def once() -> Any:
    """A layer that is drawn one time, whatever rows the others have."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=[{}]))


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most `MOST_POINTS` of the points, evenly over their places, with both ends."""
    if len(points) <= MOST_POINTS:
        return list(points)
    last = len(points) - 1
    return [points[round(place * last / (MOST_POINTS - 1))] for place in range(MOST_POINTS)]
