"""A Pareto chart: what each part of the traffic loses, the largest first, with the share of all that has added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.diagnose.worth import Loss
from rung.estimate import Estimate
from rung.report.charts.colours import ACCENT, GRID, INK, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.escape import shorten
from rung.report.figures import show, shown
from rung.report.part_names import part_names

MOST_ROWS = 12
_LETTER_PX = 6.6
"""Mean width of a character at 12 px in the widest of the usual sans-serif faces (DejaVu Sans)."""


def pareto(losses: Sequence[Loss], *, key: str, width_px: int) -> Drawing:
    """A bar a part, as its share of all that is lost, and a stepwise line of the shares added up, from 0 to 100 %.

    At most `MOST_ROWS` parts; what all others lose stands in the last row. Under 480 px the labels stand above
    the bars.
    """
    narrow = width_px < 480
    data = _rows(losses, narrow=narrow)
    longest = max((len(row["label"]) for row in data), default=1)
    labels_px = 16 if narrow else min(280, round(longest * _LETTER_PX) + 16)
    values_px = 18 if narrow else 150
    plot_px = width_px - labels_px - values_px
    margins = {"left": labels_px, "right": values_px, "top": 4, "bottom": 24}
    told = "; ".join(map(_told, losses[:MOST_ROWS], part_names(losses)))
    rest = _rest(losses)
    more = f"; all smaller parts: {rest:.0%}" if rest else ""
    alt = f"What each part of the traffic loses, the largest first: {told}{more}."
    chart = _layers(data, plot_px, labels_px, narrow=narrow)
    return draw(chart, key=key, title="Losses by part of the traffic", alt=alt, margins_px=margins)


def _rows(losses: Sequence[Loss], *, narrow: bool) -> list[dict[str, Any]]:
    rows = [
        {
            "row": place,
            "label": shorten(name, 36 if narrow else 40),
            "share": 100 * loss.share,
            "sum": 100 * loss.cumulative,
            "words": _words(loss, narrow=narrow),
        }
        for place, (loss, name) in enumerate(zip(losses[:MOST_ROWS], part_names(losses), strict=False))
    ]
    rest = _rest(losses)
    if rest:
        words = f"{rest:.0%}"
        rows.append({"row": len(rows), "label": "all smaller parts", "share": 100 * rest, "sum": 100.0, "words": words})
    return rows


def _rest(losses: Sequence[Loss]) -> float:
    """The share of the parts that have no row of their own, listed or not; 0 where that is nothing to see."""
    drawn = losses[:MOST_ROWS]
    rest = 1.0 - drawn[-1].cumulative if drawn else 0.0
    return rest if rest > 0.0005 else 0.0


def _words(loss: Loss, *, narrow: bool) -> str:
    if narrow or not isinstance(loss.usd_per_month, Estimate):
        return f"{loss.share:.0%}"
    return f"{loss.share:.0%}, {shown(loss.usd_per_month).value.removesuffix(' per month')}"


def _told(loss: Loss, name: str) -> str:
    usd = f" ({show(loss.usd_per_month)})" if isinstance(loss.usd_per_month, Estimate) else ""
    return f"{shorten(name, 60)}: {loss.share:.0%} of all{usd}, {loss.cumulative:.0%} with those before it"


def _layers(data: list[dict[str, Any]], plot_px: int, labels_px: int, *, narrow: bool) -> Any:
    import altair as alt

    row_px = 42 if narrow else 30
    middle = 29 if narrow else 15
    height = row_px * max(len(data), 1)
    down = alt.Y("row:Q", scale=alt.Scale(domain=[0, max(len(data), 1)], range=[0, height], nice=False), axis=None)
    across = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(
            title=None, labelFontSize=11, labelColor=MUTED, values=[0, 20, 40, 60, 80, 100], domain=False, ticks=False,
            grid=True, labelExpr="datum.label + '%'", labelFlush=False,
        ),
    )  # fmt: skip
    base = alt.Chart().encode(y=down)
    first = 14 if narrow else middle
    text: dict[str, Any] = {"baseline": "middle", "fontSize": 12, "dy": first, "color": INK}
    layers = [
        base.mark_rule(color=GRID, strokeWidth=1).encode(x=alt.value(-labels_px + 4), x2=alt.value(plot_px)),
        # A thick rule, since a bar needs a band and these rows lie on a scale of numbers.
        base.mark_rule(color=ACCENT, strokeWidth=12, yOffset=middle).encode(x=across, x2=alt.datum(0)),
        base.mark_line(color=INK, strokeWidth=1.25, yOffset=middle).encode(x=alt.X("sum:Q"), order="row:Q"),
        base.mark_point(filled=True, size=36, opacity=1, color=INK, yOffset=middle).encode(x=alt.X("sum:Q")),
        base.mark_text(align="left", **text).encode(x=alt.value(0 if narrow else -labels_px + 4), text="label:N"),
        base.mark_text(align="right" if narrow else "left", **text).encode(
            x=alt.value(plot_px if narrow else plot_px + 16), text="words:N"
        ),
    ]
    return alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=plot_px, height=height)
