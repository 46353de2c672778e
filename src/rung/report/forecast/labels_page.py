"""A forecast of labels as a section for a page, and as a page of its own that works offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.report.environment import dark_style, environment
from rung.report.forecast import labels_lines as lines

if TYPE_CHECKING:
    from rung.forecast.learning_curve import LabelsForecast
    from rung.report.charts.drawing import Drawing

CHART_PX = {"wide": 760, "narrow": 350}


def labels_drawings(found: LabelsForecast, *, key: str = "labels") -> dict[str, list[Drawing]]:
    """By strategy and segment, `strategy/segment`, the chart in a wide and a narrow form; none where nothing was
    measured."""
    from rung.report.charts.learning_curve import learning_curve

    drawn: dict[str, list[Drawing]] = {}
    for number, one in enumerate(found.strategies):
        for place, part in enumerate(one.parts):
            if part.points:
                drawn[f"{one.strategy}/{part.segment}"] = [
                    learning_curve(part, title=one.title, key=f"{key}-{number}-{place}-{form}", width_px=px)
                    for form, px in CHART_PX.items()
                ]
    return drawn


def render_labels_html(found: LabelsForecast) -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""
    return _render("forecast/labels.html.j2", found, with_style=True)


def labels_section(found: LabelsForecast) -> str:
    """The same as one section, for a page that has the style already."""
    return _render("forecast/labels_section.html.j2", found, with_style=False)


def _render(template: str, found: LabelsForecast, *, with_style: bool) -> str:
    more = {"dark_rules": dark_style()} if with_style else {}
    return (
        environment().get_template(template).render(found=found, lines=lines, drawings=labels_drawings(found), **more)
    )
