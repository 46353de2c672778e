"""The cash flow of a strategy: what is paid in each month, with its band."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import Estimate, Figure
from rung.report.charts.colours import ACCENT, INK, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.money import usd_axis
from rung.report.figures import show

MARGINS_PX = {"left": 58, "right": 22, "top": 10, "bottom": 44}


def cash_flow(months: Sequence[Figure], *, title: str, most_usd: float, key: str, width_px: int) -> Drawing:
    """A point a month with a rule from the 5th to the 95th percentile; `most_usd` is where the axis ends, so that
    several strategies can be compared. Months without a figure are left out."""
    import altair as alt

    data = [
        {
            "month": number,
            "usd": figure.value,
            "low": figure.value if figure.low is None else figure.low,
            "high": figure.value if figure.high is None else figure.high,
        }
        for number, figure in enumerate(months, start=1)
        if isinstance(figure, Estimate)
    ]
    plot_px = width_px - MARGINS_PX["left"] - MARGINS_PX["right"]
    last = max(len(months), 1)
    step = max(1, -(-last // 12))
    across = alt.X(
        "month:Q",
        scale=alt.Scale(domain=[0.5, last + 0.5], nice=False),
        axis=alt.Axis(
            title="Month", titleFontSize=12, titleFontWeight="normal", titleColor=MUTED, labelFontSize=11,
            labelColor=MUTED, ticks=False, domain=False, grid=False, values=list(range(1, last + 1, step)),
            labelPadding=6, format="d",
        ),
    )  # fmt: skip
    up = alt.Y("usd:Q", scale=alt.Scale(domain=[0, most_usd], nice=True), axis=usd_axis("USD a month"))
    base = alt.Chart().encode(x=across)
    layers = [
        base.mark_rule(color=ACCENT, strokeWidth=5, opacity=0.45).encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(y=up),
        base.mark_point(filled=True, size=44, opacity=1, color=INK).encode(y=up),
    ]
    chart = alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=plot_px, height=round(plot_px * 0.5))
    told = "; ".join(f"month {number}: {show(one)}" for number, one in enumerate(months, start=1))
    return draw(chart, key=key, title=title, alt=f"{title}. {told}.", margins_px=MARGINS_PX)
