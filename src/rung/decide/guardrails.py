"""The eight guardrails: each forbids recommending something, and says why."""

from __future__ import annotations

from collections.abc import Callable

from rung.decide.decision import Guardrail
from rung.decide.rules import Rule
from rung.decide.segments import judge_segments
from rung.decide.situation import Situation
from rung.decide.words import listed, value_of
from rung.diagnose.gates import FROM_SCRATCH
from rung.estimate import Estimate, Missing, Provenance
from rung.task.task import METRICS, SEGMENTS

MULTI_YEAR_MONTHS = 24.0
"""Least horizon for a lifecycle of one's own: assumed, two years."""

UNMEASURED_SEGMENTS = "no_aggregate_only_win"
"""Its strategies lack evidence: they are held back until it is there, and nothing heavier passes them over."""
FAILURE_ANALYSIS = "failure_analysis"
"""The gate of the failure analysis that says whether there was one at all."""
FULL_ROLLOUT = "production_before_full_rollout"


def eight_guardrails(situation: Situation, from_scratch: Rule) -> tuple[Guardrail, ...]:
    """Every guardrail, fired or not, in the order in which a team meets them."""
    return (
        *(guard(situation) for guard in _GUARDS),
        from_scratch_sounds_strategic(situation, from_scratch),
        production_before_full_rollout(situation),
        no_aggregate_only_win(situation),
    )


def restricted_by_guardrails(guardrails: tuple[Guardrail, ...]) -> dict[str, str]:
    """The strategies that a fired guardrail forbids recommending, all reasons joined.

    The one on full rollouts forbids a step, not a strategy. The one on aggregate-only wins restricts where a loss is
    shown (see `lost_segments`); where segments are only unmeasured it holds back (see `held_back`).
    """
    reasons: dict[str, list[str]] = {}
    for guardrail in guardrails:
        if guardrail.fired and guardrail.name not in (FULL_ROLLOUT, UNMEASURED_SEGMENTS):
            for name in guardrail.strategies:
                reasons.setdefault(name, []).append(guardrail.because)
    return {name: "; ".join(found) for name, found in reasons.items()}


def held_back(situation: Situation) -> dict[str, str]:
    """Measured strategies without a task success for each of routine, edge and adversarial items."""
    lacking = {}
    for one in situation.inputs.ladder:
        if one.metrics is None:
            continue
        missing = [
            segment
            for segment in SEGMENTS
            if not isinstance(one.metrics.by_segment.get(segment, {}).get("task_success"), Estimate)
        ]
        if missing:
            lacking[one.card.name] = f"no measured task success on {listed(missing)} items"
    return lacking


def lost_segments(situation: Situation) -> dict[str, str]:
    """Strategies shown on dev to lose a segment against what runs today, beyond the margin."""
    lost = {}
    for one in situation.inputs.ladder:
        if one.against_current is not None and one.card.name != situation.task.current:
            worse = [verdict.because for verdict in judge_segments(one.against_current) if verdict.state == "worse"]
            if worse:
                lost[one.card.name] = f"better in all, worse in part: {'; '.join(worse)}"
    return lost


def failure_analysis_first(situation: Situation) -> Guardrail:
    """No weight update before the failures of a pre-trained strategy were analysed."""
    locked = [gate.because for gate in situation.inputs.gates if gate.locked and gate.name == FAILURE_ANALYSIS]
    fired = situation.diagnosis is None or bool(locked)
    if situation.diagnosis is None:
        because = (
            "no failure analysis of a pre-trained strategy is there; weights tuned without error classes fit noise"
        )
    else:
        because = "; ".join(locked) or f"the failures of {situation.diagnosis.strategy} were analysed first"
    return Guardrail("failure_analysis_first", fired, because, _updating(situation) if fired else ())


def eval_set_in_three_parts(situation: Situation) -> Guardrail:
    """No weight update without dev items that are routine, edge and adversarial."""
    segments = situation.inputs.summary.segments.get("dev", {})
    missing = [segment for segment in SEGMENTS if segments.get(segment, 0) == 0]
    unsaid = [segment for segment in missing if situation.stated is not None and segment not in segments]
    because = (
        f"it is not said whether the eval set has {listed(unsaid)} items"
        if unsaid
        else f"the eval set has no {listed(missing)} items"
        if missing
        else "the eval set has routine, edge and adversarial items"
    )
    return Guardrail("eval_set_in_three_parts", bool(missing), because, _updating(situation) if missing else ())


def lifecycle_plan(situation: Situation) -> Guardrail:
    """No weight update without annotation budget, retraining cadence and rollback plan, nor where nobody could own it.

    A number of engineers that is not stated is no obstacle: one that is stated as none is.
    """
    lifecycle = situation.task.lifecycle
    missing = [
        name
        for name, value in (
            ("annotation budget (lifecycle.annotation_usd)", lifecycle.annotation_usd),
            ("retraining cadence (lifecycle.retrain_every_days)", lifecycle.retrain_every_days),
            ("rollback plan (lifecycle.rollback_plan)", lifecycle.rollback_plan),
        )
        if value is None
    ]
    if situation.task.team.ml_engineers == 0 and not situation.task.team.senior_ml:
        missing.append("somebody to own the model (team.ml_engineers is 0)")
    because = (
        f"not planned: {listed(missing)}"
        if missing
        else "annotation budget, retraining cadence and rollback plan are there"
    )
    return Guardrail("lifecycle_plan", bool(missing), because, _updating(situation) if missing else ())


def baseline_first(situation: Situation) -> Guardrail:
    """Nothing that tunes weights while one of the four metrics of what runs today is unknown."""
    baseline = situation.baseline
    if baseline is None or baseline.metrics is None:
        current = situation.inputs.current or "any strategy"
        gap = baseline.because if baseline is not None else ""
        because, fired = f"the four metrics of {current} were not measured" + (f": {gap}" if gap else ""), True
    else:
        nothing_right = value_of(baseline.metrics.overall.get("task_success")) == 0.0
        gaps = [
            f"{metric} ({figure.because})"
            for metric in METRICS
            # A system that gets nothing right has no cost per success, and that is known of it.
            if not (nothing_right and metric == "cost_per_success_usd")
            and isinstance(figure := baseline.metrics.overall.get(metric, Missing("not computed")), Missing)
        ]
        fired = bool(gaps)
        because = (
            f"of {baseline.name} these are unknown: {listed(gaps)}"
            if fired
            else f"the four metrics of {baseline.name} are known"
        )
    return Guardrail("baseline_first", fired, because, _updating(situation) if fired else ())


def root_cause_first(situation: Situation) -> Guardrail:
    """Nothing that tunes weights while most failures come from elsewhere than the model."""
    apart = (FAILURE_ANALYSIS, FROM_SCRATCH)
    locked = [gate.because for gate in situation.inputs.gates if gate.locked and gate.name not in apart]
    diagnosis = situation.diagnosis
    owner = None if diagnosis is None else diagnosis.largest_owner
    if not locked and diagnosis is not None and owner is not None and owner != "model":
        share = diagnosis.owed[owner]
        words = f" ({share.value:.0%} of them, {share.provenance.word})" if isinstance(share, Estimate) else ""
        name = owner.replace("_", " ")
        locked = [f"{name} owns the largest share of the failures of {diagnosis.strategy}{words}"]
    because = "; ".join(locked) if locked else "no failure analysis finds most of the gap elsewhere than in the model"
    return Guardrail("root_cause_first", bool(locked), because, _updating(situation) if locked else ())


def from_scratch_sounds_strategic(situation: Situation, rule: Rule) -> Guardrail:
    """No model from scratch without failed adaptation, a hard constraint, and the means for a multi-year lifecycle."""
    names = tuple(one.card.name for one in situation.inputs.ladder if one.card.family == "from_scratch")
    team, budget = situation.task.team, situation.task.constraints.budget_usd
    gaps = [] if rule.holds else [rule.because]
    gaps += [gate.because for gate in situation.inputs.gates if gate.locked and gate.name == FROM_SCRATCH]
    if (team.senior_ml or 0.0) < 1.0:
        gaps.append("no senior ML engineer is named (team.senior_ml)")
    if (team.horizon_months or 0.0) < MULTI_YEAR_MONTHS:
        gaps.append(f"the horizon is not {MULTI_YEAR_MONTHS:g} months or more (team.horizon_months)")
    if budget is None:
        gaps.append("no sustained budget is stated (constraints.budget_usd)")
    fired = bool(gaps) and bool(names)
    because = (
        "; ".join(gaps) if gaps else "adaptation has failed, and people, horizon and budget for a lifecycle are there"
    )
    return Guardrail("no_scratch_because_strategic", fired, because, names if fired else ())


def production_before_full_rollout(situation: Situation) -> Guardrail:
    """No full rollout on offline wins: real traffic, policy constraints and tail cases come first."""
    gaps = []
    measured = [one.metrics for one in situation.inputs.strategies if one.metrics is not None]
    success = [metrics.overall.get("task_success") for metrics in measured]
    if not any(isinstance(one, Estimate) and one.provenance is Provenance.VALIDATED for one in success):
        gaps.append("no figure was validated on real traffic")
    if not situation.task.policies:
        gaps.append("no policies are declared, so none was tested")
    segments = situation.inputs.summary.segments.get("dev", {})
    if not (segments.get("edge") and segments.get("adversarial")):
        gaps.append("tail cases (edge and adversarial) were not tested")
    because = f"no full rollout yet: {listed(gaps)}" if gaps else "traffic, policies and tail cases were validated"
    return Guardrail(FULL_ROLLOUT, bool(gaps), because)


def no_aggregate_only_win(situation: Situation) -> Guardrail:
    """No win that stands on all requests together while a segment is unmeasured or lost."""
    found = {**held_back(situation), **lost_segments(situation)}
    if situation.stated is not None:
        return Guardrail(UNMEASURED_SEGMENTS, False, "nothing was measured yet; what will be is judged by segment")
    because = (
        "; ".join(f"{name}: {reason}" for name, reason in found.items())
        if found
        else "every measured strategy is known on routine, edge and adversarial items, and none is shown to lose one"
    )
    return Guardrail(UNMEASURED_SEGMENTS, bool(found), because, tuple(found))


def _updating(situation: Situation) -> tuple[str, ...]:
    return tuple(one.card.name for one in situation.inputs.ladder if one.card.updates_weights)


_GUARDS: tuple[Callable[[Situation], Guardrail], ...] = (
    failure_analysis_first,
    eval_set_in_three_parts,
    lifecycle_plan,
    baseline_first,
    root_cause_first,
)
