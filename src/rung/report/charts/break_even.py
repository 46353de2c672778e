"""Break-even volumes: for each pair of strategies the range of volumes at which the dearer becomes the cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from rung.estimate import Estimate, Figure
from rung.report.charts.colours import ACCENT, HATCH_LINE, HATCHED, INK
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.money import NARROW_PX, Rows, usd_axis
from rung.report.escape import shorten
from rung.report.figures import show

_HALF_PX = 4.0


@dataclass(frozen=True, slots=True)
class Crossing:
    """A pair: its name, the monthly volume of the crossing (Missing when no draw crosses), and the share in [0, 1] of
    draws that never cross."""

    pair: str
    requests_per_month: Figure
    no_crossing: float


def break_even(crossings: Sequence[Crossing], *, now: Figure | None, title: str, key: str, width_px: int) -> Drawing:
    """The pairs in their order on a logarithmic axis of requests a month, with a dashed line at today's volume.

    The hatched bar runs from the 5th to the 95th percentile among the draws that cross, the point is their median.
    """
    import altair as alt

    narrow = width_px < NARROW_PX
    labels = [shorten(one.pair, 36 if narrow else 48) for one in crossings]
    words = [_words(one) for one in crossings]
    frame = Rows(labels, words, width_px, most_px=340)
    data = [
        {"row": place, "label": labels[place], "words": words[place], **_ends(one), **frame.edges(place, _HALF_PX)}
        for place, one in enumerate(crossings)
    ]
    domain = _domain(crossings, now)
    across = alt.X(
        "low:Q", scale=alt.Scale(type="log", domain=domain, nice=False), axis=usd_axis(values=_ticks(*domain))
    )
    base = alt.Chart().encode(y=frame.down())
    crossed = base.transform_filter("isValid(datum.value)")
    band = alt.Chart().transform_filter("isValid(datum.value)").encode(y=frame.down("top"), y2="bottom:Q", x2="high:Q")
    layers: list[Any] = [
        *frame.texts(base),
        band.mark_rect(color=HATCHED, stroke=HATCH_LINE, strokeWidth=1).encode(x=across),
        crossed.mark_point(filled=True, size=85, opacity=1, color=ACCENT, yOffset=frame.middle).encode(
            x=alt.X("value:Q")
        ),
    ]
    line = ""
    if isinstance(now, Estimate) and now.value > 0:
        rule = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.25)
        layers.append(rule.encode(x=alt.XDatum(now.value), y=alt.value(0), y2=alt.value(frame.height)))
        line = f" The dashed line is today's volume, {show(now)}."
    chart = alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=frame.plot_px, height=frame.height)
    told = "; ".join(
        f"{shorten(one.pair, 80)}: {show(one.requests_per_month)}, no crossing in {one.no_crossing:.0%} of the draws"
        for one in crossings
    )
    return draw(chart, key=key, title=title, alt=f"{title}.{line} {told}.", margins_px=frame.margins)


def _ends(one: Crossing) -> dict[str, float | None]:
    figure = one.requests_per_month
    if not isinstance(figure, Estimate) or figure.value <= 0:
        return {"value": None, "low": None, "high": None}
    low = figure.value if not figure.low or figure.low <= 0 else figure.low
    return {"value": figure.value, "low": low, "high": figure.value if figure.high is None else figure.high}


def _words(one: Crossing) -> str:
    return "never crosses" if one.no_crossing >= 1.0 else f"{one.no_crossing:.0%} never cross"


def _ticks(low: float, high: float) -> list[float]:
    """Powers of ten within the axis; with their doubles and fives where those are few."""
    tens = range(floor(log10(low)), ceil(log10(high)) + 1)
    steps = (1.0,) if len(tens) > 4 else (1.0, 2.0, 5.0) if len(tens) < 4 else (1.0, 3.0)
    return [step * 10.0**ten for ten in tens for step in steps if low <= step * 10.0**ten <= high]


def _domain(crossings: Sequence[Crossing], now: Figure | None) -> list[float]:
    """From below the least to above the greatest value that is drawn."""
    ends = [end for one in crossings for end in _ends(one).values() if end is not None]
    if isinstance(now, Estimate) and now.value > 0:
        ends.append(now.value)
    return [min(ends, default=1.0) * 0.7, max(ends, default=10.0) * 1.4]
