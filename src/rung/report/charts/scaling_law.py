"""The scaling law: the loss of the runs by their compute, the fitted frontier with its band, and what is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import Any

from rung.estimate import Estimate, Figure
from rung.forecast.scaling import ScalingForecast, ScalingRun
from rung.forecast.scaling.result import FrontierPoint
from rung.report.charts.colours import ACCENT, GRID, HATCH_LINE, INK, MISSES, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.figures import show
from rung.report.magnitudes import SUPERSCRIPTS, magnitude, show_magnitude

MARGINS_PX = {"left": 58, "right": 26, "top": 18, "bottom": 46}
LOSS = "Loss on held-out text, bits per byte"
COMPUTE = "Compute of training, FLOPs"


def scaling_law(found: ScalingForecast, *, key: str, width_px: int) -> Drawing | None:
    """Runs as points (a cross where the fit left one out), the frontier as a line in its band, and a dashed line at the
    needed loss. Beyond the largest run the line is dashed and the band hatched in outline: nothing was run there.

    None where no run has a loss. Compute on a scale of logarithms.
    """
    import altair as alt

    runs = [run for run in found.runs if run.nats_per_token is not None]
    if not runs:
        return None
    frontier = found.fit.frontier if found.fit is not None else ()
    bits = None if found.needed is None else found.needed.value
    plot_px = width_px - MARGINS_PX["left"] - MARGINS_PX["right"]
    across, up = _axes(alt, runs, frontier, bits, plot_px)
    layers: list[Any] = []
    if frontier:
        layers += _frontier(alt, frontier, across, up)
    layers += _runs(alt, runs, across, up)
    if bits is not None:
        once = alt.Chart(alt.InlineData(values=[{"bits_per_byte": bits, "words": f"needed: {bits:.3g}"}]))
        layers.append(once.mark_rule(color=MISSES, strokeDash=[6, 4], strokeWidth=1.5).encode(y=up("bits_per_byte")))
        layers.append(
            once.mark_text(align="left", baseline="bottom", fontSize=11, color=MISSES, dy=-4).encode(
                x=alt.value(6), y=up("bits_per_byte"), text="words:N"
            )
        )
    chart = alt.layer(*layers).properties(width=plot_px, height=round(min(plot_px * 0.62, 380)))
    return draw(chart, key=key, title="Scaling law", alt=_told(found, runs, bits), margins_px=MARGINS_PX)


def _axes(
    alt: Any, runs: Sequence[ScalingRun], frontier: Sequence[FrontierPoint], bits: float | None, plot_px: int
) -> tuple[Any, Callable[[str], Any]]:
    computes = [*(run.flops for run in runs), *(point.flops for point in frontier)]
    values = [run.bits_per_byte for run in runs]
    for point in frontier:
        if isinstance(point.bits_per_byte, Estimate):
            ends = (point.bits_per_byte.low, point.bits_per_byte.high)
            values += [end for end in (point.bits_per_byte.value, *ends) if end is not None]
    values += [bits] if bits is not None else []
    low, high = floor(log10(min(computes))), ceil(log10(max(computes)))
    every = 1 if plot_px >= 400 else 2
    ticks = [10.0**power for power in range(low, high + 1, every)]
    style = {
        "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": MUTED, "labelFontSize": 11, "labelColor": MUTED,
        "ticks": False, "domain": False, "grid": True, "gridColor": GRID, "labelFlush": False, "labelPadding": 6,
    }  # fmt: skip
    across = alt.X(
        "flops:Q",
        scale=alt.Scale(type="log", domain=[10.0**low, 10.0 ** max(high, low + 1)], nice=False),
        axis=alt.Axis(title=COMPUTE, values=ticks, labelExpr=_power_labels(low, high), **style),
    )
    bottom, top = min(values), max(values)
    room = 0.06 * max(top - bottom, 0.1)

    def up(field: str) -> Any:
        return alt.Y(
            f"{field}:Q",
            scale=alt.Scale(domain=[max(0.0, bottom - room), top + room], nice=False, zero=False),
            axis=alt.Axis(title=LOSS, tickCount=6, **style),
        )

    return across, up


def _power_labels(low: int, high: int) -> str:
    """A Vega expression that writes powers of ten as people do."""
    names = {power: f"10{str(power).translate(SUPERSCRIPTS)}" for power in range(low, high + 2)}
    listed = ", ".join(f"'{power}': '{name}'" for power, name in names.items())
    return f"({{{listed}}})[round(log(datum.value) / LN10)]"


def _frontier(alt: Any, frontier: Sequence[FrontierPoint], across: Any, up: Callable[[str], Any]) -> list[Any]:
    inside = [point for point in frontier if not point.extrapolated]
    # The first point beyond joins on to the last within, so that the line has no gap.
    outside = [*inside[-1:], *(point for point in frontier if point.extrapolated)]
    layers: list[Any] = []
    for points, dashed in ((inside, False), (outside, True)):
        rows = [_row(point, told) for point in points if isinstance(told := point.bits_per_byte, Estimate)]
        base = alt.Chart(alt.InlineData(values=rows)).encode(x=across)
        edge: dict[str, Any] = {"stroke": HATCH_LINE, "strokeDash": [3, 3], "strokeWidth": 1} if dashed else {}
        opacity = 0.06 if dashed else 0.18
        layers.append(base.mark_area(color=ACCENT, fillOpacity=opacity, **edge).encode(y=up("low"), y2="high:Q"))
        dash = {"strokeDash": [5, 4]} if dashed else {}
        layers.append(base.mark_line(color=ACCENT, strokeWidth=2.5, **dash).encode(y=up("bits_per_byte")))
    return layers


def _row(point: FrontierPoint, figure: Estimate) -> dict[str, float | None]:
    return {"flops": point.flops, "bits_per_byte": figure.value, "low": figure.low, "high": figure.high}


def _runs(alt: Any, runs: Sequence[ScalingRun], across: Any, up: Callable[[str], Any]) -> list[Any]:
    layers: list[Any] = []
    for used, shape, colour in ((True, "circle", INK), (False, "cross", MUTED)):
        rows = [{"flops": run.flops, "bits_per_byte": run.bits_per_byte} for run in runs if run.used == used]
        if rows:
            mark = alt.Chart(alt.InlineData(values=rows)).mark_point(
                filled=used, shape=shape, size=46, opacity=0.9, color=colour
            )
            layers.append(mark.encode(x=across, y=up("bits_per_byte")))
    return layers


def _told(found: ScalingForecast, runs: Sequence[ScalingRun], bits: float | None) -> str:
    used = [run for run in runs if run.used]
    best = min(runs, key=lambda run: run.bits_per_byte)
    told = (
        f"Loss on held-out text against the compute of training: {len(runs)} runs, {len(used)} of them in the fit; "
        f"the best reaches {best.bits_per_byte:.3f} bits per byte with {best.parameters:,} parameters and "
        f"{best.tokens:,} bytes read."
    )
    if found.fit is not None:
        at: Figure = found.fit.at_ceiling
        told += (
            f" The fitted frontier is drawn dashed beyond the largest run and ends at "
            f"{magnitude(found.fit.ceiling_flops)} FLOPs with {show(at)}."
        )
    else:
        told += " No law is fitted to them."
    if bits is not None:
        told += f" The dashed line across is the needed loss, {bits:.3g} bits per byte."
        if found.need is not None and isinstance(found.need.flops, Estimate):
            told += f" It takes {show_magnitude(found.need.flops)}."
    return told
