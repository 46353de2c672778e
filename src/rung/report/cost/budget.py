"""The year's budget against each strategy."""

from __future__ import annotations

from rung.estimate import Estimate
from rung.report.cost.account import BUDGET_MONTHS, Account
from rung.report.cost.amounts import told
from rung.report.figures import show_value


def budget_sentences(account: Account) -> tuple[str, ...]:
    """Whether each total stays within `constraints.budget_usd` in 90 of 100 draws; nothing without a budget.

    Where no strategy does, the cheapest is named and by how much it is above.
    """
    limit = account.budget_usd
    if limit is None or not account.priced:
        return ()
    budget = f"The budget of {show_value(limit, 'USD')}"
    if account.months != BUDGET_MONTHS:
        horizon = "this 1 month is" if account.months == 1 else f"these {account.months} months are"
        return (f"{budget} is for {BUDGET_MONTHS} months, so {horizon} not held against it.",)
    at_p90 = {one.strategy: one.p90_usd.value for one in account.priced if isinstance(one.p90_usd, Estimate)}
    over = {name: usd - limit for name, usd in at_p90.items() if usd > limit}
    if at_p90 and len(over) == len(at_p90):
        cheapest = min(at_p90, key=lambda name: at_p90[name])
        return (
            f"{budget} is below every strategy at its 90th percentile: the cheapest is {cheapest} with "
            f"USD {told(at_p90[cheapest], 0)}, USD {told(over[cheapest], 0)} above the budget.",
        )
    kept = [name for name in at_p90 if name not in over]
    above = "; ".join(f"{name} is above it by USD {told(usd, 0)}" for name, usd in over.items())
    verb = "holds" if len(kept) == 1 else "hold"
    return (f"{budget}, tested at the 90th percentile: {', '.join(kept)} {verb} it{f'; {above}' if above else ''}.",)
