"""A forest plot: a row for each strategy with its value and interval, against the line it has to clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rung.decide.decision import TargetState
from rung.estimate import Estimate, Figure
from rung.report.charts.colours import ACCENT, GRID, INK, MUTED, STATE_COLOURS
from rung.report.charts.drawing import Drawing, draw
from rung.report.escape import shorten
from rung.report.figures import in_unit_shown, show, shown
from rung.report.words import STATES

_LETTER_PX = 6.6
"""Mean width of a character at 12 px in the widest of the usual sans-serif faces (DejaVu Sans)."""
_DIGIT_PX = 7.2
"""The same for text that is mostly digits, which are wider than most letters."""

_SHAPES = {"meets": "circle", "misses": "cross", "undecided": "diamond", "unmeasured": "square", "none": "circle"}


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One row: a label, a figure, and the state of its target (None where there is no target)."""

    label: str
    figure: Figure
    state: TargetState | None


def interval_rows(
    rows: Sequence[IntervalRow],
    *,
    bound: float | None,
    unit: str,
    bound_words: str,
    title: str,
    key: str,
    width_px: int,
    whole: bool = True,
) -> Drawing:
    """The rows in their given order on one axis in `unit`, with a dashed line at `bound`.

    `whole`: an axis of shares runs from 0 to 100 %; otherwise it ends where the values do.

    Under 480 px the labels stand above their intervals, beyond that to the left of them.
    """
    narrow = width_px < 480
    data = [_record(index, row, narrow=narrow) for index, row in enumerate(rows)]
    longest = max((len(record["label"]) for record in data), default=1)
    labels_px = 16 if narrow else min(280, round(longest * _LETTER_PX) + 16)
    widest = max((len(record["words"]) for record in data), default=1)
    values_px = 18 if narrow else round(widest * _DIGIT_PX) + 32
    plot_px = width_px - labels_px - values_px
    margins = {"left": labels_px, "right": values_px, "top": 4, "bottom": 22}
    chart = _layers(data, _scaled_bound(bound, unit), plot_px, labels_px, unit, narrow=narrow, whole=whole)
    told = "; ".join(
        f"{shorten(row.label, 60)}: {show(row.figure)}{f', {row.state}' if row.state else ''}" for row in rows
    )
    line = f" The dashed line is the target, {bound_words}." if bound is not None else ""
    return draw(chart, key=key, title=title, alt=f"{title}.{line} {told}.", margins_px=margins)


def _record(index: int, row: IntervalRow, *, narrow: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "row": index,
        "label": shorten(row.label, 36 if narrow else 40),
        "state": row.state or "none",
        "symbol": STATES[row.state].symbol if row.state else "",
    }
    if not isinstance(row.figure, Estimate):
        return {**record, "value": None, "low": None, "high": None, "words": "unknown"}
    unit = row.figure.unit
    parts = shown(row.figure)
    low, high = (None if end is None else in_unit_shown(end, unit) for end in (row.figure.low, row.figure.high))
    bounded = parts.interval and not narrow and low is not None and high is not None
    words = f"{parts.value} ({parts.interval})" if bounded else parts.value
    return {**record, "value": in_unit_shown(row.figure.value, unit), "low": low, "high": high, "words": words}


def _scaled_bound(bound: float | None, unit: str) -> float | None:
    return None if bound is None else in_unit_shown(bound, unit)


def _layers(
    data: list[dict[str, Any]],
    bound: float | None,
    plot_px: int,
    labels_px: int,
    unit: str,
    *,
    narrow: bool,
    whole: bool,
) -> Any:
    import altair as alt

    row_px = 42 if narrow else 30
    middle = 29 if narrow else 15
    height = row_px * max(len(data), 1)
    share = unit == "share"
    down = alt.Y("row:Q", scale=alt.Scale(domain=[0, max(len(data), 1)], range=[0, height], nice=False), axis=None)
    across = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, 100]) if share and whole else alt.Scale(zero=True, nice=True),
        axis=alt.Axis(
            title=None, labelFontSize=11, labelColor=MUTED, tickCount=5, domain=False, ticks=False, grid=True,
            labelOverlap=True, labelFlush=False,
            labelExpr="datum.label + '%'" if share else "format(datum.value, '~s')",
        ),
    )  # fmt: skip
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=[*STATE_COLOURS, "none"], range=[*STATE_COLOURS.values(), ACCENT]),
        legend=None,
    )
    shape = alt.Shape("state:N", scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values())), legend=None)
    base = alt.Chart().encode(y=down)
    valued = base.transform_filter("isValid(datum.value)")
    first = 14 if narrow else middle
    text: dict[str, Any] = {"baseline": "middle", "fontSize": 12, "dy": first}
    layers = [
        base.mark_rule(color=GRID, strokeWidth=1).encode(x=alt.value(-labels_px + 4), x2=alt.value(plot_px)),
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_rule(strokeWidth=3, yOffset=middle, opacity=0.85)
        .encode(x=alt.X("low:Q"), x2="high:Q", color=colour),
        valued.mark_point(filled=True, size=85, opacity=1, yOffset=middle).encode(x=across, color=colour, shape=shape),
        base.mark_text(align="left", color=INK, **text).encode(
            x=alt.value(0 if narrow else -labels_px + 4), text="label:N"
        ),
        base.mark_text(align="right" if narrow else "left", color=INK, **text).encode(
            x=alt.value(plot_px if narrow else plot_px + 28), text="words:N"
        ),
    ]
    if not narrow:  # a text of its own: the symbol may come from another face than the digits
        symbol = base.mark_text(align="left", fontWeight="bold", **text)
        layers.append(symbol.encode(x=alt.value(plot_px + 10), text="symbol:N", color=colour))
    if bound is not None:
        line = alt.Chart().mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.25)
        layers.insert(1, line.encode(x=alt.XDatum(bound), y=alt.value(0), y2=alt.value(height)))
    return alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=plot_px, height=height)
