"""What the templates of the account read, for its own page and for the report of a decision."""

from __future__ import annotations

from typing import Any

from rung.decide.decision import Decision
from rung.report.cost.account import Account, account_of_decision
from rung.report.cost.drawings import cost_drawings
from rung.report.cost.drivers import HOW_TO_CHANGE, told_drivers, yaml_example
from rung.report.cost.parts import parts_of


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
