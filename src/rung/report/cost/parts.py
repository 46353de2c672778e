"""The parts of the account in their order; what nobody knows is told where the figure would stand."""

from __future__ import annotations

from rung.report.cost import break_even, cash_flow, information, scope, sensitivity, standings, success, waterfall
from rung.report.cost.account import Account
from rung.report.cost.part import Part


def parts_of(account: Account) -> tuple[Part, ...]:
    """Standings, waterfall, cash flow, cost per success, break-even, tornado, flips, information, scope."""
    told = (
        standings.part(account),
        waterfall.part(account),
        cash_flow.part(account),
        success.part(account),
        break_even.part(account),
        sensitivity.tornado(account),
        sensitivity.flips(account),
        information.part(account),
        scope.part(account),
    )
    return tuple(one for one in told if not one.empty)
