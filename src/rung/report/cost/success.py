"""What one right outcome costs."""

from __future__ import annotations

from rung.report.cost.account import Account
from rung.report.cost.amounts import ranged
from rung.report.cost.part import Part, Table
from rung.report.figures import show_value


def part(account: Account) -> Part:
    """All cost over accepted outcomes, by strategy."""
    told = [one for one in account.costs if one.cost_per_success_usd is not None]
    if not told:
        return Part("success", "Cost of a right outcome")
    lead = [
        "All cost of the horizon over accepted outcomes, in USD; a failure that somebody corrects costs and is no "
        "success. Intervals run from the 5th to the 95th percentile. Flows weigh here as their requests do; in rung "
        "run and in the table of strategies each evaluated item weighs the same, so the two may differ."
    ]
    if account.most_per_success_usd is not None:
        lead.append(f"The target is at most {show_value(account.most_per_success_usd, 'USD')}.")
    rows = tuple(
        (
            one.strategy,
            ranged(one.accepted),
            ranged(one.cost_per_success_usd),
        )
        for one in told
    )
    head = ("Strategy", "Accepted outcomes", "USD per success")
    return Part("success", "Cost of a right outcome", tuple(lead), (Table("Cost per success", head, rows),))
