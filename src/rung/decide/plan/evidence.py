"""The answers as the situation that scores, rules and guardrails read: every figure `assumed`, nothing filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rung.decide.decision import EvidenceSummary
from rung.decide.evidence import DataFacts, DevEvidence, StrategyEvidence
from rung.decide.plan.adaptation import adaptation_standing, owner_of
from rung.decide.plan.answers import Answers
from rung.decide.plan.costs import people_cost
from rung.decide.situation import Situation, Statements, System, read_situation
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.gates import FROM_SCRATCH, Gate
from rung.economics.launch import weeks_to_launch
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evaluate.run import Metrics
from rung.strategies.contract import Card
from rung.task.task import (
    METRICS,
    Constraints,
    DataPaths,
    Flow,
    Lifecycle,
    Metric,
    Moat,
    Policy,
    Target,
    Task,
    Team,
)

TODAY = "what runs today"
"""Its name wherever a strategy's name would stand."""
UNITS: dict[Metric, str] = {
    "task_success": "share",
    "correction_rate": "share",
    "latency_p95_ms": "ms",
    "cost_per_success_usd": "USD",
}


def task_of(answers: Answers) -> Task:
    """The task as rung.yaml would state it. Without a kind it counts as classify, which nothing below relies on."""
    targets = (
        Target("task_success", minimum=answers.targets_task_success),
        Target("correction_rate", maximum=answers.targets_correction_rate),
        Target("latency_p95_ms", maximum=answers.targets_latency_p95_ms),
        Target("cost_per_success_usd", maximum=answers.targets_cost_per_success_usd),
    )
    known_flow = answers.flow_requests_per_month is not None or answers.flow_value_usd is not None
    flow = Flow("all requests", answers.flow_requests_per_month, answers.flow_value_usd)
    return Task(
        name=answers.task_name or "a task without a name",
        kind=answers.task_kind or "classify",
        directory=Path(),
        data=DataPaths(None),
        current=None if answers.today_system == "nothing" else TODAY,
        requirements=answers.requirements,
        flows=(flow,) if known_flow else (),
        targets=tuple(one for one in targets if one.minimum is not None or one.maximum is not None),
        constraints=Constraints(
            answers.constraints_deployment,
            answers.constraints_weights,
            answers.constraints_audit,
            answers.constraints_launch_weeks,
            answers.constraints_budget_usd,
        ),
        team=Team(answers.team_ml_engineers, answers.team_senior_ml, answers.team_horizon_months),
        moat=Moat(answers.moat_proprietary_tokens, answers.moat_exclusive),
        lifecycle=Lifecycle(
            answers.lifecycle_annotation_usd,
            answers.lifecycle_retrain_every_days,
            "said to be there" if answers.lifecycle_rollback_plan else None,
        ),
        policies=tuple(Policy(f"policy {n + 1}", "", True) for n in range(min(answers.governance_policies or 0, 99))),
    )


def situation_of(answers: Answers, cards: Sequence[Card]) -> Situation:
    """Where the team stands by its own word. `cards` are the strategies that there are."""
    task = task_of(answers)
    metrics = _today(answers)
    strategies = tuple(
        StrategyEvidence(
            card=card,
            metrics=None,
            cost=people_cost(card, task.constraints.audit, task.lifecycle.annotation_usd),
            weeks_to_launch=_weeks(task, card),
            # A plan is made with open models on machines of one's own: those can be had under every constraint.
            hosted=False,
            weights="open" if set(card.needs) & {"generator", "encoder", "words", "base"} else "none",
            not_run="skipped",
            not_run_because="a plan runs nothing",
        )
        for card in cards
        if answers.task_kind is None or answers.task_kind in card.kinds
    )
    inputs = DevEvidence(
        task=task,
        strategies=strategies,
        diagnoses=(),
        gates=_gates(answers),
        summary=_summary(answers),
        data=_facts(answers),
        models={},
        machine="",
        made_at="",
    )
    read = read_situation(inputs)
    analysed = answers.failures_analysed and answers.today_system not in (None, "nothing", "people_or_rules")
    stated = Statements(answers.failures_concentrated, answers.labels_quality, answers.task_classes)
    situation = replace(
        read,
        baseline=None if metrics is None else System(TODAY, metrics),
        best_light=None if metrics is None or not strategies else replace(strategies[0], metrics=metrics),
        diagnosis=_diagnosis() if analysed else None,
        stated=stated,
    )
    return replace(situation, stated=replace(stated, adaptation=adaptation_standing(answers, situation)))


def something_runs(answers: Answers) -> bool:
    """Whether a system is said to run today, by its kind or by one of its figures."""
    figures = any(getattr(answers, f"today_{metric}") is not None for metric in METRICS)
    return answers.today_system != "nothing" and (answers.today_system is not None or figures)


def _today(answers: Answers) -> Metrics | None:
    if not something_runs(answers):
        return None
    overall: dict[Metric, Figure] = {}
    for metric in METRICS:
        value = getattr(answers, f"today_{metric}")
        overall[metric] = (
            Missing("not stated", "rung baseline")
            if value is None
            else exact(value, UNITS[metric], Provenance.ASSUMED, f"the answer to today.{metric}")
        )
    return Metrics(overall, {}, {})


def _diagnosis() -> Diagnosis:
    """That there is an analysis is all that is known of it; what it says stands in the gates."""
    gap = Missing("nothing was measured", "rung diagnose")
    return Diagnosis(TODAY, 0, 0, (), (), {}, gap, gap, ())


def _weeks(task: Task, card: Card) -> Figure:
    weeks = weeks_to_launch(task, card, 0, 0.0)
    if not isinstance(weeks, Estimate):
        return weeks
    source = f"integration weeks of {card.name} and approval, assumed"
    return replace(weeks, source=source, note="labelling and fitting come on top")


def _summary(answers: Answers) -> EvidenceSummary:
    parts = {"routine": answers.eval_routine, "edge": answers.eval_edge, "adversarial": answers.eval_adversarial}
    segments = {"dev": {name: count for name, count in parts.items() if count is not None}}
    return EvidenceSummary({}, segments, {}, (), 0, "", "", ())


def _facts(answers: Answers) -> DataFacts:
    wrong = answers.labels_wrong_share
    noise = None if wrong is None else exact(wrong, "share", Provenance.ASSUMED, "the answer to labels.wrong_share")
    return DataFacts(answers.labels_count, answers.labels_rarest_class, label_noise=noise)


def _gates(answers: Answers) -> tuple[Gate, ...]:
    """What is said of the failures, as the gates of a failure analysis."""
    gates = []
    if answers.failures_mostly in (None, "unclear"):
        because = "what mostly goes wrong is not known: there are no error classes to work on"
        gates.append(Gate("failure_analysis", True, because))
    owner, because = owner_of(answers)
    if owner is not None and owner != "model":
        gates.append(Gate(owner, True, because))
    reasons = []
    if owner == "retrieval":
        reasons.append("retrieval owns most of what goes wrong: mend that first")
    tokens = answers.moat_proprietary_tokens
    if not tokens:
        unknown = "how many tokens of its own the team has is unknown (moat.proprietary_tokens)"
        reasons.append(unknown if tokens is None else "the team has no tokens of its own to train on")
    if reasons:
        gates.append(Gate(FROM_SCRATCH, True, "; ".join(reasons)))
    return tuple(gates)
