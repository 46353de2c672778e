"""The learning curve: task success by the number of training labels, measured and forecast."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log10
from typing import Any

from rung.estimate import Estimate
from rung.forecast.learning_curve import FittedCurve, PartForecast, SizePoint
from rung.report.charts.colours import ACCENT, HATCH_LINE, INK, MISSES, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.plane import axis, once
from rung.report.figures import show

MARGINS_PX = {"left": 58, "right": 26, "top": 18, "bottom": 46}
TICKS = (1, 2, 5)


def learning_curve(part: PartForecast, *, title: str, key: str, width_px: int) -> Drawing:
    """Points with their intervals, the curve in its band, the targets as dashed lines, and the last point gone on with
    as a dotted one. Beyond the largest number measured the curve is dashed and the band pale. Labels on a scale of
    logarithms. ValueError without a point.
    """
    import altair as alt

    if not part.points:
        raise ValueError("a learning curve needs a measured point")
    plot_px = width_px - MARGINS_PX["left"] - MARGINS_PX["right"]
    first, last = part.points[0], part.points[-1]
    end = part.curve.limit if part.curve is not None else last.labels
    across = _across(alt, max(first.labels, 1), max(end, first.labels + 1), plot_px)
    up = _up(alt, part)
    layers: list[Any] = []
    if part.curve is not None:
        layers += _band(alt, part.curve, across, up)
        layers += _gone_on(alt, last, end, across, up)
        edge = once().mark_rule(color=MUTED, strokeWidth=1).encode(x=alt.XDatum(part.curve.largest))
        words = once().mark_text(align="left", baseline="top", fontSize=11, color=MUTED, dx=6)
        layers += [edge, words.encode(x=alt.XDatum(part.curve.largest), y=alt.value(2), text=alt.value("forecast"))]
    layers += _points(alt, part, across, up)
    for target in part.targets:
        line = once().mark_rule(color=MISSES, strokeDash=[6, 4], strokeWidth=1.5)
        words = once().mark_text(align="left", baseline="bottom", fontSize=11, color=MISSES, dy=-4)
        at = alt.YDatum(100 * target.minimum)
        layers += [line.encode(y=at), words.encode(x=alt.value(6), y=at, text=alt.value(_goal(target.minimum)))]
    chart = alt.layer(*layers).properties(width=plot_px, height=round(min(plot_px * 0.62, 360)))
    return draw(chart, key=key, title=f"Learning curve of {title}", alt=_told(part, title), margins_px=MARGINS_PX)


def _goal(minimum: float) -> str:
    return f"target: at least {100 * minimum:.3g}%"


def _across(alt: Any, low: float, high: float, plot_px: int) -> Any:
    every = [step * 10**power for power in range(floor(log10(low)), ceil(log10(high)) + 1) for step in TICKS]
    ticks = [tick for tick in every if low <= tick <= high]
    if len(ticks) * 56 > plot_px:
        ticks = [tick for tick in ticks if log10(tick).is_integer()] or ticks[:1]
    style = {**axis("Training labels"), "labelExpr": "format(datum.value, ',')", "values": ticks}
    style.pop("tickCount", None)
    return alt.X("labels:Q", scale=alt.Scale(type="log", domain=[low, high], nice=False), axis=alt.Axis(**style))


def _up(alt: Any, part: PartForecast) -> Callable[[str], Any]:
    shares = [end for point in part.points for end in _ends(point.error)]
    shares += [end for point in (part.curve.band if part.curve is not None else ()) for end in _ends(point.error)]
    shares += [target.minimum for target in part.targets]
    low = max(0, 10 * floor(10 * min(shares) - 0.2))
    high = min(100, 10 * ceil(10 * max(shares) + 0.2))

    def up(field: str) -> Any:
        style = axis("Task success")
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(**style))

    return up


def _ends(error: object) -> list[float]:
    """Task success at the value and both ends of an error."""
    if not isinstance(error, Estimate):
        return []
    return [1 - end for end in (error.value, error.low, error.high) if end is not None]


def _row(labels: float, error: object) -> dict[str, float]:
    value, *ends = _ends(error)
    return {
        "labels": labels,
        "success": 100 * value,
        "low": 100 * min([value, *ends]),
        "high": 100 * max([value, *ends]),
    }


def _band(alt: Any, curve: FittedCurve, across: Any, up: Callable[[str], Any]) -> list[Any]:
    inside = [point for point in curve.band if not point.extrapolated]
    # The first point beyond joins on to the last within, so that the line has no gap.
    outside = [*inside[-1:], *(point for point in curve.band if point.extrapolated)]
    layers: list[Any] = []
    for points, beyond in ((inside, False), (outside, True)):
        rows = [_row(point.labels, point.error) for point in points if isinstance(point.error, Estimate)]
        base = alt.Chart(alt.InlineData(values=rows)).encode(x=across)
        edge: dict[str, Any] = {"stroke": HATCH_LINE, "strokeDash": [3, 3], "strokeWidth": 1} if beyond else {}
        layers.append(
            base.mark_area(color=ACCENT, fillOpacity=0.06 if beyond else 0.18, **edge).encode(y=up("low"), y2="high:Q")
        )
        dash = {"strokeDash": [5, 4]} if beyond else {}
        layers.append(base.mark_line(color=ACCENT, strokeWidth=2.5, **dash).encode(y=up("success")))
    return layers


def _gone_on(alt: Any, last: SizePoint, end: float, across: Any, up: Callable[[str], Any]) -> list[Any]:
    """The last point as its own forecast: what more labels bring if they bring nothing."""
    rows = [{**_row(place, last.error)} for place in (last.labels, end)]
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=across)
    return [base.mark_line(color=INK, strokeWidth=1.5, strokeDash=[1, 4], strokeCap="round").encode(y=up("success"))]


def _points(alt: Any, part: PartForecast, across: Any, up: Callable[[str], Any]) -> list[Any]:
    rows = [_row(point.labels, point.error) for point in part.points]
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=across)
    return [
        base.mark_rule(color=INK, strokeWidth=1.5).encode(y=up("low"), y2="high:Q"),
        base.mark_point(filled=True, size=60, opacity=1, color=INK).encode(y=up("success")),
    ]


def _told(part: PartForecast, title: str) -> str:
    first, last = part.points[0], part.points[-1]
    told = (
        f"{title}: share of wrong answers {show(first.error)} with {first.labels:,} training labels and "
        f"{show(last.error)} with {last.labels:,}."
    )
    if part.curve is None:
        return f"{told} No curve is fitted: {part.refused.because}." if part.refused is not None else told
    told += f" The curve is drawn dashed beyond {part.curve.largest:,} labels, up to {part.curve.limit:,}"
    told += f", where it forecasts {show(part.curve.band[-1].error)}. The dotted line goes on from the last point."
    for target in part.targets:
        told += f" The dashed line is the target, a task success of at least {100 * target.minimum:.3g}%."
    return told
