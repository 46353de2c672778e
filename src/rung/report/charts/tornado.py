"""A tornado: what each driver alone does to an amount, the widest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rung.report.charts.colours import ACCENT, HATCH_LINE, HATCHED, INK
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.money import NARROW_PX, Rows, usd_axis
from rung.report.escape import shorten

_HALF_PX = 6.5
"""Half the height of a bar."""


@dataclass(frozen=True, slots=True)
class TornadoRow:
    """A driver: the amounts in USD with it at its low and at its high end, and both ends in words."""

    driver: str
    usd_at_low: float
    usd_at_high: float
    low_words: str
    high_words: str


def tornado(rows: Sequence[TornadoRow], *, base_usd: float, title: str, key: str, width_px: int) -> Drawing:
    """A bar a driver around the dashed line at `base_usd`: hatched to its low end, solid to its high end.

    Rows keep their order. Under 480 px the names stand above their bars.
    """
    import altair as alt

    narrow = width_px < NARROW_PX
    labels = [shorten(row.driver, 36 if narrow else 44) for row in rows]
    words = [f"{row.low_words} to {row.high_words}" for row in rows]
    frame = Rows(labels, [] if narrow else words, width_px)
    data = [
        {
            "row": place,
            "label": labels[place],
            "words": "" if narrow else words[place],
            "at_low": row.usd_at_low,
            "at_high": row.usd_at_high,
            **frame.edges(place, _HALF_PX),
        }
        for place, row in enumerate(rows)
    ]
    across = alt.X("at_low:Q", scale=alt.Scale(zero=False, nice=True), axis=usd_axis())
    base = alt.Chart().encode(y=frame.down())
    bars = alt.Chart().encode(y=frame.down("top"), y2="bottom:Q", x2=alt.datum(base_usd))
    line = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.25)
    layers: list[Any] = [
        *frame.texts(base),
        bars.mark_rect(color=HATCHED, stroke=HATCH_LINE, strokeWidth=1).encode(x=across),
        bars.mark_rect(color=ACCENT).encode(x=alt.X("at_high:Q")),
        line.encode(x=alt.XDatum(base_usd), y=alt.value(0), y2=alt.value(frame.height)),
    ]
    chart = alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=frame.plot_px, height=frame.height)
    told = "; ".join(map(_told, rows))
    alt_text = f"{title}, USD. The dashed line is {base_usd:,.0f} with every driver at its mean. {told}."
    return draw(chart, key=key, title=title, alt=alt_text, margins_px=frame.margins)


def _told(row: TornadoRow) -> str:
    low, high = f"{row.usd_at_low:,.0f} at {row.low_words}", f"{row.usd_at_high:,.0f} at {row.high_words}"
    return f"{shorten(row.driver, 60)}: {low}, {high}"
