"""Hard constraints, before anything is weighed: what they rule out, and what they cannot judge for want of a fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rung.decide.decision import Exclusion
from rung.decide.evidence import StrategyEvidence
from rung.decide.words import number, say
from rung.estimate import Missing
from rung.task.task import Constraints

BUDGET_MONTHS = 12
"""What `constraints.budget_usd` is for."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A constraint against a strategy. `unknown`: not broken as far as anyone knows, but a fact that it needs is
    not there, so the strategy is blocked until it is."""

    exclusion: Exclusion
    unknown: bool


Check = Callable[[Constraints, StrategyEvidence], tuple[str, bool] | None]


def breaches(constraints: Constraints, evidence: StrategyEvidence) -> tuple[Breach, ...]:
    """Every constraint that the strategy breaks, or that cannot be judged. Empty: nothing stands against it."""
    found = []
    for name, check in _CHECKS.items():
        outcome = check(constraints, evidence)
        if outcome is not None:
            because, unknown = outcome
            found.append(Breach(Exclusion(evidence.card.name, name, because), unknown))
    return tuple(found)


def _deployment(constraints: Constraints, evidence: StrategyEvidence) -> tuple[str, bool] | None:
    if constraints.deployment != "on_prem" or evidence.hosted is False:
        return None
    if evidence.hosted is None:
        return "deployment is on_prem and it is not known whether its requests leave the team's machines", True
    return "deployment is on_prem and its requests leave the team's machines", False


def _weights(constraints: Constraints, evidence: StrategyEvidence) -> tuple[str, bool] | None:
    if constraints.weights not in ("owned", "open") or evidence.weights == "none":
        return None
    if evidence.weights is None:
        return f"weights must be {constraints.weights} and the licence of its model is not known", True
    if constraints.weights == "owned":
        return f"weights must be owned and it stands on {evidence.weights} weights that a third party trained", False
    if evidence.weights == "closed":
        return "weights must be open and it stands on closed ones", False
    return None


def _audit(constraints: Constraints, evidence: StrategyEvidence) -> tuple[str, bool] | None:
    if constraints.audit != "strict":
        return None
    if evidence.weights == "closed":
        return "a strict audit needs weights that can be inspected and pinned, and its are closed", False
    if evidence.hosted is True:
        return "a strict audit needs the serving under the team's control, and it is served by others", False
    if evidence.hosted is None or evidence.weights is None:
        return "a strict audit needs to know who serves it and on whose weights", True
    return None


def _launch(constraints: Constraints, evidence: StrategyEvidence) -> tuple[str, bool] | None:
    limit, weeks = constraints.launch_weeks, evidence.weeks_to_launch
    if limit is None:
        return None
    if isinstance(weeks, Missing):
        return f"its weeks to launch are unknown: {weeks.because}", True
    if weeks.high is None:
        return f"its weeks to launch have no upper bound: {weeks.note}", True
    if weeks.high > limit:
        return f"it may take until week {weeks.high:.1f} ({say(weeks)}), and the limit is {limit:g} weeks", False
    return None


def _budget(constraints: Constraints, evidence: StrategyEvidence) -> tuple[str, bool] | None:
    limit = constraints.budget_usd
    if limit is None:
        return None
    if evidence.cost is None:
        return "its twelve-month cost was not computed", True
    p90 = evidence.cost.p90_usd
    if isinstance(p90, Missing):
        remedy = f"; {p90.remedy}" if p90.remedy else ""
        return f"its twelve-month cost is unknown: {p90.because}{remedy}", True
    months = evidence.cost.months
    # No month costs less than nothing: a longer horizon that stays within the budget holds it.
    if months < BUDGET_MONTHS or (months > BUDGET_MONTHS and p90.value > limit):
        return f"the budget is for twelve months and {months:g} were priced; set economics.months to 12", True
    if p90.value > limit:
        cost, most = number(p90.value, "USD"), number(limit, "USD")
        return f"twelve months cost {cost} at the 90th percentile ({p90.provenance.word}), budget {most}", False
    return None


_CHECKS: dict[str, Check] = {
    "deployment": _deployment,
    "weights": _weights,
    "audit": _audit,
    "launch_weeks": _launch,
    "budget_usd": _budget,
}
