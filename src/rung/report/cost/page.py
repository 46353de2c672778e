"""The account of the cost as one HTML file that works offline: no script, no request, every chart drawn in place."""

from __future__ import annotations

from rung.report.cost.account import Account
from rung.report.cost.fragment import cost_fragment
from rung.report.environment import dark_style, environment


def render_cost_html(account: Account, made_at: str = "") -> str:
    """The whole page as text (UTF-8 when written). Nothing in it comes from outside without being escaped."""
    template = environment().get_template("cost/page.html.j2")
    return template.render(cost=cost_fragment(account), account=account, made_at=made_at, dark_rules=dark_style())
