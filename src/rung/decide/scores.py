"""The six scores, 0 to 5 each: where the current system stands. Formulas in docs/concepts/scores.md."""

from __future__ import annotations

from collections.abc import Callable

from rung.decide.data_readiness import clipped, data_readiness, no_score
from rung.decide.decision import Score, ScoreName
from rung.decide.sensitivity import by_figure, by_point
from rung.decide.situation import Situation
from rung.decide.targets import figure_for
from rung.decide.words import say
from rung.estimate import Estimate, Missing
from rung.task.task import Metric, Target


def six_scores(situation: Situation) -> tuple[Score, ...]:
    """The scores in their published order; a score without its inputs is None, one set by a person says so."""
    return tuple(_overridden(situation, score(situation)) for score in _SCORES)


def by_name(scores: tuple[Score, ...]) -> dict[ScoreName, float | None]:
    """Each score's value."""
    return {one.name: one.score for one in scores}


def _overridden(situation: Situation, score: Score) -> Score:
    override = situation.task.score_overrides.get(score.name)
    if override is None:
        return score
    value, reason = override
    formula = "no score for want of inputs" if score.score is None else f"{score.score:.1f} by the formula"
    because = f"set to {value:g} by a person ({formula}): {reason}"
    return Score(score.name, value, because, score.inputs, score.moved_by, overridden=reason)


def _baseline_figure(situation: Situation, target: Target) -> Estimate | str:
    """The baseline's figure for a target, or why there is none."""
    baseline = situation.baseline
    if baseline is None or baseline.metrics is None:
        return "the current system was not measured"
    figure = figure_for(target, baseline.metrics)
    return figure.because if isinstance(figure, Missing) else figure


def _of_metric(situation: Situation, metric: Metric) -> list[Target]:
    return [target for target in situation.task.targets if target.metric == metric]


def _baseline_name(situation: Situation) -> str:
    if situation.baseline is None:
        return "current system"
    name = situation.baseline.name
    return name if situation.inputs.current else f"{name}, the lightest measured (nothing runs today)"


def _quality_gap(situation: Situation) -> Score:
    """5 x the share of today's failures that must go: (minimum - success) / (1 - success), worst target."""
    inputs: dict[str, str] = {"baseline": _baseline_name(situation)}
    worst: tuple[float, Estimate, Target] | None = None
    for target in _of_metric(situation, "task_success"):
        figure = _baseline_figure(situation, target)
        if isinstance(figure, str) or target.minimum is None:
            inputs[target.name] = f"unknown ({figure})"
            continue
        inputs[target.name] = f"{say(figure)} against {target.minimum:g}"
        gap = _gap(figure.value, target.minimum)
        if worst is None or gap > worst[0]:
            worst = gap, figure, target
    if worst is None:
        return no_score(
            "quality_gap", "needs a task_success target and a measured current system", "rung baseline", inputs
        )
    gap, figure, target = worst
    minimum = target.minimum or 0.0
    because = f"{gap:.0%} of today's failures must go to reach {target.name}"
    moved = by_figure(
        figure,
        lambda success: clipped(_gap(success, minimum)),
        lambda score: (minimum - score / 5.0) / (1.0 - score / 5.0),
        target.name,
    )
    return Score("quality_gap", clipped(gap), because, inputs, moved.words, low=moved.low, high=moved.high)


def _gap(success: float, minimum: float) -> float:
    """The share of failures that must go to reach the minimum, 0 when it is reached."""
    return 0.0 if success >= minimum else (minimum - success) / (1.0 - success)


def _latency_budget(situation: Situation) -> Score:
    """5 x p95 / maximum: the share of the budget that the current system uses up."""
    return _ratio_score(situation, "latency_budget", "latency_p95_ms", 0.0, "of the latency budget is used")


def _unit_economics(situation: Situation) -> Score:
    """5 x (cost / maximum - 1): 0 when met, 5 at twice the maximum."""
    return _ratio_score(situation, "unit_economics", "cost_per_success_usd", 1.0, "above the maximum")


def _ratio_score(situation: Situation, name: ScoreName, metric: Metric, less: float, words: str) -> Score:
    """5 x (figure / maximum - less)."""
    target = next((one for one in _of_metric(situation, metric) if one.segment is None and one.maximum), None)
    if target is None or not target.maximum:
        return no_score(name, f"no target for {metric}", f"set targets.{metric}.max")
    figure = _baseline_figure(situation, target)
    most = target.maximum
    inputs = {"baseline": _baseline_name(situation), "maximum": f"{most:g} (assumed)"}
    if isinstance(figure, str):
        return no_score(name, f"{metric} of the current system is unknown: {figure}", "rung baseline", inputs)
    inputs[metric] = say(figure)
    share = figure.value / most - less
    because = f"{max(share, 0.0):.0%} {words}"
    moved = by_figure(
        figure, lambda value: clipped(value / most - less), lambda score: most * (score / 5.0 + less), metric
    )
    return Score(name, clipped(share), because, inputs, moved.words, low=moved.low, high=moved.high)


AUDIT = {"strict": 3.0, "standard": 1.0}
WEIGHTS = {"owned": 3.0, "open": 1.5, "any": 0.0}
ON_PREM = {"on_prem": 1.0, "any": 0.0}
DECLARED = {"declared": 1.0, "none": 0.0}
EXCLUSIVE = {"true": 1.0, "false": 0.0}
"""Points of what the team states; what is not stated adds none."""


def _governance_pressure(situation: Situation) -> Score:
    """Audit (strict 3, standard 1) + 1 for on_prem + 1 for declared policies."""
    constraints, policies = situation.task.constraints, situation.task.policies
    if constraints.audit is None:
        return no_score("governance_pressure", "constraints.audit is not stated", "set constraints.audit")
    points = {"constraints.audit": AUDIT, "constraints.deployment": ON_PREM, "policies": DECLARED}
    stated = {
        "constraints.audit": str(constraints.audit),
        "constraints.deployment": constraints.deployment or "any",
        "policies": "declared" if policies else "none",
    }
    inputs = {
        "constraints.audit": f"{constraints.audit} (assumed)",
        "constraints.deployment": f"{constraints.deployment or 'not stated'} (assumed)",
        "policies": f"{len(policies)} declared (assumed)",
    }
    return _added_up("governance_pressure", points, stated, inputs, "audit, deployment and declared policies")


def _control_requirements(situation: Situation) -> Score:
    """Weights (owned 3, open 1.5, any 0) + 1 for on_prem + 1 for an exclusive moat."""
    constraints, moat = situation.task.constraints, situation.task.moat
    if constraints.weights is None:
        return no_score("control_requirements", "constraints.weights is not stated", "set constraints.weights")
    exclusive = {True: "yes", False: "no", None: "not stated"}[moat.exclusive]
    points = {"constraints.weights": WEIGHTS, "constraints.deployment": ON_PREM, "moat.exclusive": EXCLUSIVE}
    stated = {
        "constraints.weights": str(constraints.weights),
        "constraints.deployment": constraints.deployment or "any",
        "moat.exclusive": "true" if moat.exclusive else "false",
    }
    inputs = {
        "constraints.weights": f"{constraints.weights} (assumed)",
        "constraints.deployment": f"{constraints.deployment or 'not stated'} (assumed)",
        "moat.exclusive": f"{exclusive} (assumed)",
    }
    return _added_up("control_requirements", points, stated, inputs, "weights, deployment and moat")


def _added_up(
    name: ScoreName,
    points: dict[str, dict[str, float]],
    stated: dict[str, str],
    inputs: dict[str, str],
    what: str,
) -> Score:
    score = sum(options[stated[key]] for key, options in points.items())
    return Score(name, score, f"{what}, point by point", inputs, by_point(score, points, stated))


_SCORES: tuple[Callable[[Situation], Score], ...] = (
    _quality_gap,
    data_readiness,
    _latency_budget,
    _unit_economics,
    _governance_pressure,
    _control_requirements,
)
