"""The risk-coverage curve: how often the surest answers are wrong, by the share of the items that is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.estimate import Estimate, Figure
from rung.report.charts.colours import ACCENT, INK, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.charts.plane import MARGINS_PX, axis, once, thinned
from rung.report.figures import show


def risk_coverage(
    coverage: Sequence[float],
    risk: Sequence[float],
    *,
    most_risk: float | None,
    at_target: Figure,
    key: str,
    width_px: int,
) -> Drawing:
    """The curve, with a dashed line at `most_risk` (1 less the target on task success; None without one) and the
    coverage at which it is kept, with its interval. `coverage` and `risk`: same length, at least two, in [0, 1]."""
    import altair as alt

    curve = thinned(list(zip(coverage, risk, strict=True)))
    data = [{"coverage": 100 * share, "risk": 100 * wrong} for share, wrong in curve]
    plot_px = width_px - MARGINS_PX["left"] - MARGINS_PX["right"]
    height = round(plot_px * 0.72)
    highest = max([wrong for _, wrong in curve] + ([] if most_risk is None else [most_risk]))
    top = min(100, max(10, 10 * (int(10 * highest) + 1)))
    across = alt.X(
        "coverage:Q",
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(**axis("Share of the items answered, the surest first", values=(0, 20, 40, 60, 80, 100))),
    )
    up = alt.Y("risk:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(**axis("Wrong among them")))
    base = alt.Chart().encode(x=across, y=up)
    layers: list[Any] = [base.mark_line(color=ACCENT, strokeWidth=2.5)]
    told = (
        f"Of the surest {_percent(coverage[0])} of the items {_percent(risk[0])} are wrong, "
        f"of all that are answered {_percent(risk[-1])}."
    )
    if most_risk is not None:
        line = once().mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.25)
        layers.append(line.encode(y=alt.YDatum(100 * most_risk)))
        layers.append(_word(alt, 2, 100 * most_risk, f"target: at most {_percent(most_risk)} wrong", dy=-4))
        told += f" The dashed line is the target: at most {_percent(most_risk)} wrong."
        if isinstance(at_target, Estimate):
            layers += _kept(alt, at_target, 100 * most_risk)
            told += f" It is kept for {show(at_target)} of the items."
    chart = alt.layer(*layers, data=alt.InlineData(values=data)).properties(width=plot_px, height=height)
    return draw(chart, key=key, title="Risk-coverage curve", alt=told, margins_px=MARGINS_PX)


def _kept(alt: Any, at_target: Estimate, risk: float) -> list[Any]:
    """The coverage at the target as a point with its interval."""
    mark = once().mark_point(filled=True, size=85, opacity=1, color=ACCENT)
    layers = [mark.encode(x=alt.XDatum(100 * at_target.value), y=alt.YDatum(risk))]
    if at_target.low is not None and at_target.high is not None:
        rule = once().mark_rule(color=ACCENT, strokeWidth=3, opacity=0.85)
        layers.append(
            rule.encode(x=alt.XDatum(100 * at_target.low), x2=alt.datum(100 * at_target.high), y=alt.YDatum(risk))
        )
    return layers


def _word(alt: Any, across: float, up: float, words: str, *, dy: int) -> Any:
    text = once().mark_text(align="left", baseline="bottom", fontSize=11, color=MUTED, dy=dy)
    return text.encode(x=alt.XDatum(across), y=alt.YDatum(up), text=alt.value(words))


def _percent(value: float) -> str:
    return f"{value:.0%}"
