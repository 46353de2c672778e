"""One panel of the first two figures: a value from 0 to 100 for each family, in the order of the ladder.

The families are never sorted by value: a panel mixes the team's own values (solid) with planning ranges
(hatched, dashed outline, marked in words), and those must not be ranked against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rung.estimate import Figure, Missing, Provenance
from rung.report.charts.colours import ACCENT, HATCH_LINE, HATCHED, INK, MUTED
from rung.report.charts.drawing import Drawing, draw
from rung.report.figures import show, shown
from rung.report.words import FAMILY_TITLES
from rung.strategies.contract import Family

_ROW_PX = 30
_LABELS_PX = 84
_VALUES_PX = 104


def family_bars(values: Mapping[Family, Figure], *, title: str, key: str, width_px: int = 330) -> Drawing:
    """A bar per family on a common scale from 0 to 100, with its interval and its value in words."""
    import altair as alt

    rows = [_row(family, figure) for family, figure in values.items()]
    plot_px = width_px - _LABELS_PX - _VALUES_PX
    base = alt.Chart().encode(
        y=alt.Y(
            "family:N",
            sort=[row["family"] for row in rows],
            scale=alt.Scale(domain=[row["family"] for row in rows]),
            axis=alt.Axis(
                title=None, labelFontSize=12, labelLimit=_LABELS_PX - 8, ticks=False, domain=False, labelPadding=8
            ),
        )
    )
    across = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, 100], clamp=True),
        axis=alt.Axis(
            title=None,
            values=[0, 50, 100],
            grid=True,
            labelFontSize=10,
            labelColor=MUTED,
            domain=False,
            ticks=False,
            labelFlush=False,
        ),
    )
    own = base.transform_filter("datum.kind === 'own'").mark_bar(height=14, color=ACCENT).encode(x=across)
    planned = (
        base.transform_filter("datum.kind === 'planning'")
        .mark_bar(height=14, color=HATCHED, stroke=HATCH_LINE, strokeWidth=1, strokeDash=[3, 2])
        .encode(x=across)
    )
    whisker = (
        base.transform_filter("isValid(datum.low) && datum.high > datum.low")
        .mark_rule(color=INK, strokeWidth=1.5)
        .encode(x=alt.X("low:Q"), x2="high:Q")
    )
    words = base.encode(x=alt.value(plot_px + 8), text="words:N")
    bold = words.transform_filter("datum.kind === 'own'").mark_text(
        align="left", fontSize=12, fontWeight="bold", color=INK
    )
    light = words.transform_filter("datum.kind !== 'own'").mark_text(align="left", fontSize=11, color=MUTED)
    layers = alt.layer(own, planned, whisker, bold, light, data=alt.InlineData(values=rows))
    chart = layers.properties(width=plot_px, height=_ROW_PX * max(len(rows), 1))
    told = "; ".join(f"{FAMILY_TITLES[family]}: {show(figure)}" for family, figure in values.items())
    margins = {"left": _LABELS_PX, "right": _VALUES_PX, "top": 4, "bottom": 20}
    return draw(chart, key=key, title=title, alt=f"{title}, 0 to 100. {told}.", margins_px=margins)


def _row(family: Family, figure: Figure) -> dict[str, Any]:
    name = FAMILY_TITLES[family]
    if isinstance(figure, Missing):
        return {"family": name, "kind": "missing", "value": None, "low": None, "high": None, "words": "unknown"}
    number = shown(figure).value
    if figure.provenance is Provenance.DIRECTIONAL:
        words = f"◇ {number} planning"
        return {"family": name, "kind": "planning", "value": figure.value, "low": None, "high": None, "words": words}
    return {
        "family": name,
        "kind": "own",
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "words": number,
    }
