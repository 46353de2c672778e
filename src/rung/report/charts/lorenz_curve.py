"""The Lorenz curve: how unevenly the losses are spread over the parts of the traffic (Lorenz 1905)."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import Figure
from rung.report.charts.colours import ACCENT, INK, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.plane import MARGINS_PX, axis, once, thinned
from rung.report.figures import show


def lorenz_curve(lorenz: Sequence[float], *, gini: Figure, key: str, width_px: int) -> Drawing:
    """The cumulative share of what is lost, smallest part first, against the diagonal on which all parts lose alike.

    `lorenz` rises from 0 to 1 over equal steps; at least two values.
    """
    import altair as alt

    last = len(lorenz) - 1
    curve = thinned([(place / last, value) for place, value in enumerate(lorenz)])
    data = [{"parts": 100 * parts, "lost": 100 * lost} for parts, lost in curve]
    plot_px = width_px - MARGINS_PX["left"] - MARGINS_PX["right"]
    height = round(plot_px * 0.72)
    steps = (0, 20, 40, 60, 80, 100)
    scale = alt.Scale(domain=[0, 100], nice=False)
    across = alt.X(
        "parts:Q", scale=scale, axis=alt.Axis(**axis("Parts of the traffic, the smallest loss first", values=steps))
    )
    up = alt.Y("lost:Q", scale=scale, axis=alt.Axis(**axis("Share of what is lost", values=steps)))
    base = alt.Chart().encode(x=across, y=up)
    even = alt.Chart(alt.InlineData(values=[{"parts": 0, "lost": 0}, {"parts": 100, "lost": 100}]))
    layers = [
        base.mark_area(color=ACCENT, fillOpacity=0.14, line=False),
        even.mark_line(color=INK, strokeDash=[5, 4], strokeWidth=1.25).encode(x=across, y=up),
        base.mark_line(color=ACCENT, strokeWidth=2.5),
        once().mark_text(align="right", baseline="bottom", fontSize=11, color=MUTED, dx=-6, dy=-4).encode(
            x=alt.XDatum(50), y=alt.YDatum(50), text=alt.value("spread evenly")
        ),
    ]  # fmt: skip
    chart = alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=plot_px, height=height)
    told = (
        "The Lorenz curve of the losses, the smallest part of the traffic first: the larger half of the parts holds "
        f"{100 - 100 * _at_half(lorenz):.0f}% of what is lost. The dashed line is an even spread. "
        f"Gini index {show(gini)}."
    )
    return draw(chart, key=key, title="Lorenz curve of the losses", alt=told, margins_px=MARGINS_PX)


def _at_half(lorenz: Sequence[float]) -> float:
    """The height of the curve at half of the parts, between two of its points where it has none there."""
    place = (len(lorenz) - 1) / 2
    low = int(place)
    return lorenz[low] if place == low else (lorenz[low] + lorenz[low + 1]) / 2
