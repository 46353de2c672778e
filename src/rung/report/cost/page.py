"""The account of the cost as one HTML file that works offline: no script, no request, every chart drawn in place."""

from __future__ import annotations

from typing import Any

from rung.decide.decision import Decision
from rung.report.cost.account import Account, account_of_decision
from rung.report.cost.drawings import cost_drawings
from rung.report.cost.drivers import HOW_TO_CHANGE, told_drivers, yaml_example
from rung.report.cost.parts import parts_of
from rung.report.environment import dark_style, environment


def render_cost_html(account: Account, made_at: str = "") -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""
    template = environment().get_template("cost/page.html.j2")
    return template.render(cost=cost_fragment(account), account=account, made_at=made_at, dark_rules=dark_style())


def cost_fragment(account: Account) -> dict[str, Any]:
    """What the template `cost/parts.html.j2` reads: parts, their drawings, and the drivers."""
    return {
        "parts": parts_of(account),
        "drawings": cost_drawings(account),
        "drivers": told_drivers(account),
        "how_to_change": HOW_TO_CHANGE,
        "example": yaml_example(account.drivers),
        "months": account.months,
        "shown": [(one, account.title(one.strategy)) for one in account.costs],
    }


def cost_fragment_of(decision: Decision) -> dict[str, Any] | None:
    """The same for a decision; None where its record holds no analysis of the cost."""
    account = account_of_decision(decision)
    return None if account.analysis is None else cost_fragment(account)
