"""A plan as one HTML file that works offline: no script, no request, the planning figures drawn in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rung.decide.plan import Plan
from rung.report.environment import dark_style, environment
from rung.report.plan import words

if TYPE_CHECKING:
    from rung.estimate import Figure
    from rung.report.charts import Drawing
    from rung.strategies.contract import Family


def render_plan_html(plan: Plan) -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""
    first = {
        "Quality": {one.family: one.quality for one in plan.families},
        "Relative cost": {one.family: one.relative_cost for one in plan.families},
        "Launch speed": {one.family: one.launch_speed for one in plan.families},
    }
    second = {
        "Control": {one.family: one.control for one in plan.pressure},
        "Setup complexity": {one.family: one.setup_complexity for one in plan.pressure},
        "Data requirements": {one.family: one.data_requirements for one in plan.pressure},
        "Governance burden": {one.family: one.governance_burden for one in plan.pressure},
    }
    return (
        environment()
        .get_template("plan.html.j2")
        .render(plan=plan, told=words, first=_panels(first), second=_panels(second), dark_rules=dark_style())
    )


def _panels(panels: Mapping[str, Mapping[Family, Figure]]) -> list[Drawing]:
    from rung.report.charts import family_bars

    return [
        family_bars(values, title=title, key=f"plan-{title.lower().replace(' ', '-')}")
        for title, values in panels.items()
    ]
