"""Who meets the targets, who is cheapest among them, and what a wrong choice would cost."""

from __future__ import annotations

from rung.economics.tco.analysis import CostAnalysis
from rung.estimate import Missing
from rung.report.cost.account import Account
from rung.report.cost.amounts import short
from rung.report.cost.part import Part, Table
from rung.report.words import sentence

BARRED = " may not be chosen"
"""How `decide/joint.py` begins to tell that a constraint bars a strategy: that is known, and no gap."""
OBJECTIVES = {
    "net_benefit": "the value of accepted outcomes less all cost",
    "cost": "cost alone, since the value of the outcomes is not known for all",
}


def part(account: Account) -> Part:
    """One row a strategy, all draws taken jointly."""
    found = account.analysis
    if found is None:
        return Part("standings", "Which one, and how sure")
    rows = tuple(
        (one.strategy, short(one.meets_all), short(one.cheapest), short(one.regret_usd)) for one in found.standings
    )
    head = ("Strategy", "Meets all targets", "Cheapest that does", "Expected regret, USD")
    table = (Table("Standings", head, rows),) if rows else ()
    return Part("standings", "Which one, and how sure", _lead(found), table, _after(account, found))


def _lead(found: CostAnalysis) -> tuple[str, ...]:
    lead = [f"Judged by {OBJECTIVES[found.objective]}, over the same {found.draws:,} draws for every strategy."]
    if found.best is not None:
        lead.append(f"Best by what is expected: {found.best}.")
    if len(found.in_question) > 1:
        lead.append(f"The choice is between {', '.join(found.in_question)}.")
    return tuple(lead)


def _after(account: Account, found: CostAnalysis) -> tuple[str, ...]:
    elsewhere = {*account.not_run, *(one.strategy for one in account.unpriced)}
    told = [
        f"{name} is not compared: {because.rstrip('.')}."
        for name, because in found.excluded.items()
        if name not in elsewhere
    ]
    if elsewhere:
        told.append(f"Not compared for want of a total (see below): {', '.join(sorted(elsewhere))}.")
    told += _unknown(found)
    if found.standings:
        told.append(
            "Meets all targets: the share of draws in which it does, jointly. Cheapest that does: of these draws, "
            "the share in which none that meets all costs less. Regret: what the choice of it loses on average against "
            "the best one that meets all in the same draw."
        )
    return tuple(told)


def _unknown(found: CostAnalysis) -> list[str]:
    """A sentence for each reason why a figure of the table is unknown."""
    reasons: dict[str, None] = {}
    for one in found.standings:
        for figure in (one.meets_all, one.cheapest, one.regret_usd):
            if isinstance(figure, Missing):
                reasons.setdefault(figure.because)
    return [sentence(because) if BARRED in because else f"Unknown: {sentence(because)}" for because in reasons]
