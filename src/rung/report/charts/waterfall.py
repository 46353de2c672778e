"""A waterfall: each line of a cost begins where the one before it ended, down to the total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.report.charts.colours import ACCENT, INK
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.money import Rows, usd_axis
from rung.report.escape import shorten


def waterfall(
    lines: Sequence[tuple[str, float, str]], *, total: tuple[str, float, str], title: str, key: str, width_px: int
) -> Drawing:
    """`lines` and `total`: name, amount in USD, and the amount in words. The total is drawn as an outlined bar from 0.

    Under 480 px the names stand above their bars.
    """
    import altair as alt

    narrow = width_px < 480
    data: list[dict[str, Any]] = []
    reached = 0.0
    for row, (name, usd, words) in enumerate(lines):
        data.append(_record(row, name, reached, reached + usd, words, "line", narrow=narrow))
        reached += usd
    data.append(_record(len(lines), total[0], 0.0, total[1], total[2], "total", narrow=narrow))
    rows = Rows([one["label"] for one in data], [one["words"] for one in data], width_px)
    across = alt.X("start:Q", scale=alt.Scale(zero=True, nice=True), axis=usd_axis())
    base = alt.Chart().encode(y=rows.down())
    lines_only = base.transform_filter("datum.kind === 'line'")
    layers = [
        *rows.texts(base),
        # Thick rules, since a bar needs a band and these rows lie on a scale of numbers.
        lines_only.mark_rule(color=ACCENT, strokeWidth=12, yOffset=rows.middle).encode(x=across, x2="end:Q"),
        lines_only.mark_tick(color=INK, thickness=1.5, size=16, yOffset=rows.middle).encode(x=alt.X("end:Q")),
        base.transform_filter("datum.kind === 'total'")
        .mark_rule(color=INK, strokeWidth=12, yOffset=rows.middle)
        .encode(x=across, x2="end:Q"),
    ]
    chart = alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=rows.plot_px, height=rows.height)
    told = "; ".join(f"{shorten(name, 60)} {words}" for name, _, words in lines)
    alt_text = f"{title}. {told}. {total[0]}: {total[2]}."
    return draw(chart, key=key, title=title, alt=alt_text, margins_px=rows.margins)


def _record(row: int, name: str, start: float, end: float, words: str, kind: str, *, narrow: bool) -> dict[str, Any]:
    label = shorten(name, 36 if narrow else 40)
    return {"row": row, "label": label, "start": start, "end": end, "words": words, "kind": kind}
