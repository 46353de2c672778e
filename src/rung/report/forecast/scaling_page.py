"""A forecast by scaling as a section for a page, and as a page of its own that works offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.forecast.scaling import ScalingForecast
from rung.report.environment import dark_style, environment
from rung.report.forecast import scaling_lines as lines

if TYPE_CHECKING:
    from rung.report.charts.drawing import Drawing

CHART_PX = {"wide": 760, "narrow": 350}


def scaling_drawings(found: ScalingForecast, *, key: str = "scaling") -> list[Drawing]:
    """The chart in a wide and a narrow form; empty where no run has a loss."""
    from rung.report.charts.scaling_law import scaling_law

    drawn = [scaling_law(found, key=f"{key}-{form}", width_px=px) for form, px in CHART_PX.items()]
    return [one for one in drawn if one is not None]


def render_scaling_html(found: ScalingForecast) -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""
    return _render("forecast/scaling.html.j2", found, with_style=True)


def scaling_section(found: ScalingForecast) -> str:
    """The same as one section, for a page that has the style already."""
    return _render("forecast/scaling_section.html.j2", found, with_style=False)


def _render(template: str, found: ScalingForecast, *, with_style: bool) -> str:
    more = {"dark_rules": dark_style()} if with_style else {}
    return (
        environment()
        .get_template(template)
        .render(
            found=found,
            title=lines.TITLE,
            lead=lines.lead(found),
            need_lines=lines.need_lines(found.need) if found.need is not None and not found.refusals else (),
            chances=lines.chances(found.need) if found.need is not None else "",
            fit_lines=lines.fit_lines(found.fit) if found.fit is not None else (),
            text_line=lines.text_line(found),
            readings=lines.readings(),
            drawings=scaling_drawings(found),
            **more,
        )
    )
