"""What one look at a rollout says.

invalid comes first: when the traffic is not split as intended, the data are stale or the evidence contradicts
itself, no comparison counts, and the rollout pauses. Then harm, then proof of safety, then patience.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Literal

from rung.stats.interval import Interval
from rung.stats.sequential.mean_sequence import is_empty
from rung.stats.sequential.normal_mixture import check_alpha

LookVerdict = Literal["promote", "rollback", "continue", "inconclusive", "invalid"]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One measure that the candidate must not worsen.

    `log_harm` is the largest log evidence so far that the candidate is worse; None for a guardrail that must hold
    for promotion but is too slow or too coarse to roll back. `worsening` is the confidence sequence of how much
    worse it is (candidate minus current, higher is worse), whose upper end is a one-sided bound at the level of
    promotion; None while it cannot be told. `margin` is how much worse is still acceptable, in the same unit.
    """

    name: str
    log_harm: float | None
    worsening: Interval | None
    margin: float


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a look may decide. `minimum_units` of the candidate and `soak_seconds` at this step before promotion;
    data older than `stale_seconds` decide nothing; after `budget_units` of the candidate no more proof is awaited."""

    alpha: float
    minimum_units: int
    soak_seconds: float
    stale_seconds: float
    budget_units: int

    def __post_init__(self) -> None:
        check_alpha(self.alpha)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come: the candidate's units, seconds since the step began and since the newest row, and
    whether the sample-ratio watch has found the split to be off."""

    units: int
    step_seconds: float
    age_seconds: float
    split_is_off: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A verdict and its reasons, at least one. invalid and inconclusive pause; neither rolls back nor promotes."""

    verdict: LookVerdict
    because: tuple[str, ...]


def look(guardrails: Sequence[Guardrail], conditions: Conditions, progress: Progress) -> Look:
    """The verdict of this look.

    The guardrails that can roll back share alpha equally, so that a healthy candidate is rolled back with
    probability at most alpha over all looks. Promotion needs every guardrail, so none of them is corrected.
    """
    if not guardrails:
        raise ValueError("a look needs at least one guardrail")
    if reasons := _invalid(guardrails, conditions, progress):
        return Look("invalid", reasons)
    if reasons := _harmful(guardrails, conditions.alpha):
        return Look("rollback", reasons)
    missing = _not_proven(guardrails) + _too_early(conditions, progress)
    if not missing:
        return Look("promote", tuple(f"{one.name} is within the {one.margin:g} accepted" for one in guardrails))
    # A soak that is not over is no lack of proof: waiting will end it, more units will not.
    if progress.units >= conditions.budget_units and _not_proven(guardrails):
        spent = f"the budget of {conditions.budget_units} units is spent without proof"
        return Look("inconclusive", (spent, *missing))
    return Look("continue", missing)


def _invalid(guardrails: Sequence[Guardrail], conditions: Conditions, progress: Progress) -> tuple[str, ...]:
    reasons = []
    if progress.split_is_off:
        reasons.append("the arms do not get the traffic that the split intends")
    if progress.age_seconds > conditions.stale_seconds:
        limit = f"{conditions.stale_seconds:g} s"
        reasons.append(f"the newest data are {progress.age_seconds:g} s old, more than {limit}")
    reasons += [
        f"{one.name}: no difference fits all looks (low {one.worsening.low:g} above high {one.worsening.high:g}), "
        "so the difference itself moves"
        for one in guardrails
        if one.worsening is not None and is_empty(one.worsening)
    ]
    return tuple(reasons)


def _harmful(guardrails: Sequence[Guardrail], alpha: float) -> tuple[str, ...]:
    sharing = sum(one.log_harm is not None for one in guardrails)
    return tuple(
        f"{one.name} is worse: evidence {exp(min(one.log_harm, 700.0)):.3g} to 1, {sharing / alpha:.3g} needed"
        for one in guardrails
        if one.log_harm is not None and one.log_harm >= log(sharing / alpha)
    )


def _not_proven(guardrails: Sequence[Guardrail]) -> tuple[str, ...]:
    reasons = []
    for one in guardrails:
        high = None if one.worsening is None else one.worsening.high
        if high is None:
            reasons.append(f"{one.name} cannot be told yet")
        elif high > one.margin:
            reasons.append(f"{one.name} may be worse by {high:.3g}, more than the {one.margin:g} accepted")
    return tuple(reasons)


def _too_early(conditions: Conditions, progress: Progress) -> tuple[str, ...]:
    reasons = []
    if progress.units < conditions.minimum_units:
        reasons.append(f"the candidate has served {progress.units} units, {conditions.minimum_units} needed")
    if progress.step_seconds < conditions.soak_seconds:
        left = conditions.soak_seconds - progress.step_seconds
        reasons.append(f"the step has to soak for {left:g} s more")
    return tuple(reasons)
