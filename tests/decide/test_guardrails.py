from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.decide.decision import Guardrail
from rung.decide.evidence import Production
from rung.decide.guardrails import eight_guardrails, restricted_by_guardrails
from rung.decide.procedure import choose_candidate
from rung.decide.rules import Rule
from rung.decide.situation import read_situation
from rung.estimate import Missing, Provenance
from rung.evaluate.against_production import against_production
from rung.task.task import Constraints, Lifecycle, Team

OPEN = Rule("evaluate_from_scratch", True, "planted")
CLOSED = Rule("evaluate_from_scratch", False, "adaptation is not shown to fail")


def ladder(build: Any) -> list[Any]:
    return [
        build.evidence("prompt", 0.5),
        build.evidence("tfidf", 0.6, "classical", 60),
        build.evidence("lora", 0.9, "fine_tuned", 100),
        build.evidence("scratch", 0.9, "from_scratch", 130),
    ]


def guards(inputs: Any, rule: Rule = OPEN) -> dict[str, Guardrail]:
    found = eight_guardrails(read_situation(inputs), rule)
    assert len(found) == 8
    assert all(one.because for one in found)
    return {one.name: one for one in found}


def funded(build: Any, **changes: Any) -> Any:
    return build.task(constraints=Constraints(audit="standard", weights="any", budget_usd=500_000), **changes)


def test_with_everything_in_place_only_production_is_still_to_come(build: Any) -> None:
    fired = [name for name, one in guards(build.dev(*ladder(build), of=funded(build))).items() if one.fired]
    assert fired == ["production_before_full_rollout"]


UPDATING = ("tfidf", "lora", "scratch")


def test_no_weight_update_before_a_failure_analysis(build: Any) -> None:
    guard = guards(build.dev(*ladder(build), diagnoses=()))["failure_analysis_first"]
    assert guard.fired
    assert guard.strategies == UPDATING


def test_no_weight_update_when_the_analysis_says_that_it_could_not_be_made(build: Any) -> None:
    gates = (build.gate("failure_analysis", True, "nothing light was diagnosed"),)
    found = guards(build.dev(*ladder(build), gates=gates))
    assert found["failure_analysis_first"].fired
    assert not found["root_cause_first"].fired


def test_an_analysis_of_the_tuned_model_itself_does_not_count(build: Any) -> None:
    inputs = build.dev(*ladder(build), diagnoses=(build.diagnosis("lora"),))
    assert guards(inputs)["failure_analysis_first"].fired


@pytest.mark.parametrize("segment", ["routine", "edge", "adversarial"])
def test_no_weight_update_without_each_part_of_the_eval_set(build: Any, segment: str) -> None:
    segments = {name: 100 for name in build.segments if name != segment}
    guard = guards(build.dev(*ladder(build), summary=build.summary(segments={"dev": segments})))[
        "eval_set_in_three_parts"
    ]
    assert guard.fired
    assert segment in guard.because
    assert guard.strategies == UPDATING


@pytest.mark.parametrize(
    ("lifecycle", "word"),
    [
        (Lifecycle(None, 90, "x"), "annotation_usd"),
        (Lifecycle(1, None, "x"), "retrain_every_days"),
        (Lifecycle(1, 90, None), "rollback_plan"),
    ],
)
def test_no_weight_update_without_each_part_of_the_plan(build: Any, lifecycle: Lifecycle, word: str) -> None:
    guard = guards(build.dev(*ladder(build), of=build.task(lifecycle=lifecycle)))["lifecycle_plan"]
    assert guard.fired
    assert word in guard.because


@pytest.mark.parametrize(
    ("team", "fired"),
    [(Team(ml_engineers=0), True), (Team(), False), (Team(ml_engineers=1), False), (Team(0, senior_ml=1), False)],
)
def test_no_weight_update_where_nobody_could_own_the_model(build: Any, team: Team, fired: bool) -> None:
    guard = guards(build.dev(*ladder(build), of=build.task(team=team)))["lifecycle_plan"]
    assert guard.fired is fired
    assert ("somebody to own the model" in guard.because) is fired


def test_no_escalation_before_the_current_system_was_measured(build: Any) -> None:
    guard = guards(build.dev(*ladder(build), of=build.task(current="legacy")))["baseline_first"]
    assert guard.fired
    assert "legacy" in guard.because


def test_no_escalation_while_one_of_the_four_metrics_is_missing(build: Any) -> None:
    one = ladder(build)
    metrics = one[0].metrics
    overall = {**metrics.overall, "correction_rate": Missing("the shares are not stated")}
    one[0] = replace(one[0], metrics=replace(metrics, overall=overall))
    guard = guards(build.dev(*one))["baseline_first"]
    assert guard.fired
    assert "correction_rate" in guard.because


def test_a_system_that_gets_nothing_right_needs_no_cost_per_success(build: Any) -> None:
    one = ladder(build)
    one[0] = build.evidence("prompt", 0.0)
    overall = {**one[0].metrics.overall, "cost_per_success_usd": Missing("no outcome was accepted")}
    one[0] = replace(one[0], metrics=replace(one[0].metrics, overall=overall))
    assert not guards(build.dev(*one))["baseline_first"].fired


@pytest.mark.parametrize("owner", ["retrieval", "orchestration", "data_hygiene"])
def test_no_escalation_while_something_else_owns_the_gap(build: Any, owner: str) -> None:
    owed = {"model": 0.3, "retrieval": 0.1, "orchestration": 0.1, "data_hygiene": 0.1, owner: 0.6}
    guard = guards(build.dev(*ladder(build), diagnoses=(build.diagnosis("prompt", owed=owed),)))["root_cause_first"]
    assert guard.fired
    assert owner.replace("_", " ") in guard.because


def test_a_locked_gate_of_the_analysis_is_heard(build: Any) -> None:
    gates = (build.gate("retrieval", True, "retrieval owns 60%"), build.gate("orchestration", False, "fine"))
    guard = guards(build.dev(*ladder(build), gates=gates))["root_cause_first"]
    assert guard.fired
    assert guard.because == "retrieval owns 60%"


@pytest.mark.parametrize("team", [Team(2, 0, 36), Team(2, None, 36), Team(2, 1, 12), Team(2, 1, None)])
def test_no_scratch_without_senior_people_and_a_long_horizon(build: Any, team: Team) -> None:
    guard = guards(build.dev(*ladder(build), of=funded(build, team=team)))["no_scratch_because_strategic"]
    assert guard.fired
    assert guard.strategies == ("scratch",)


def test_no_scratch_without_its_rule_or_a_budget(build: Any) -> None:
    assert guards(build.dev(*ladder(build), of=funded(build)), CLOSED)["no_scratch_because_strategic"].fired
    assert guards(build.dev(*ladder(build)))["no_scratch_because_strategic"].fired


def test_no_full_rollout_until_real_traffic_policies_and_tails_were_seen(build: Any) -> None:
    one = build.evidence("prompt", 0.9)
    validated = build.share(0.9, provenance=Provenance.VALIDATED)
    one = replace(one, metrics=replace(one.metrics, overall={**one.metrics.overall, "task_success": validated}))
    assert not guards(build.dev(one))["production_before_full_rollout"].fired
    assert guards(build.dev(one, of=build.task(policies=())))["production_before_full_rollout"].fired
    routine = build.summary(segments={"dev": {"routine": 400}})
    assert guards(build.dev(one, summary=routine))["production_before_full_rollout"].fired
    assert guards(build.dev(build.evidence("prompt", 0.9)))["production_before_full_rollout"].fired


def test_a_strategy_known_only_in_aggregate_waits_for_its_segments(build: Any) -> None:
    one = build.evidence("prompt", 0.9, metrics=build.four(0.9, segments={"routine": 0.9}))
    inputs = build.dev(one, build.evidence("lora", 0.95, "fine_tuned", 100))
    assert guards(inputs)["no_aggregate_only_win"].strategies == ("prompt",)
    choice = choose_candidate(inputs)
    assert (choice.candidate, choice.verdict) == (None, "insufficient_evidence")
    assert "edge and adversarial" in choice.because


def test_a_win_in_all_that_loses_a_segment_may_not_be_recommended(build: Any) -> None:
    lost = build.comparison("better", "prompt", 0.3, 0.05, {"edge": (-0.3, 0.05), "routine": (0.5, 0.05)})
    inputs = build.dev(build.evidence("prompt", 0.5), build.evidence("better", 0.9, rank=20, against_current=lost))
    guard = guards(inputs)["no_aggregate_only_win"]
    assert guard.fired
    assert guard.strategies == ("better",)
    assert choose_candidate(inputs).verdict == "none_meets"


def test_reasons_of_several_guardrails_are_joined(build: Any) -> None:
    inputs = build.dev(*ladder(build), diagnoses=(), of=build.task(lifecycle=Lifecycle()))
    restricted = restricted_by_guardrails(eight_guardrails(read_situation(inputs), OPEN))
    assert "failure analysis" in restricted["lora"]
    assert "rollback plan" in restricted["lora"]
    assert "prompt" not in restricted


def test_a_log_without_outcomes_keeps_weights_from_being_trained(build: Any) -> None:
    log = build.four(0.7)
    silent = replace(log, overall={**log.overall, "task_success": Missing("the log tells no outcomes", "ingest them")})
    traces = build.task(current=None, current_traces=True)
    for production in (
        Production(None, "no production log was taken in yet; run: rung ingest FILE"),
        Production(silent),
    ):
        guard = guards(build.dev(*ladder(build), of=traces, production=production))["baseline_first"]
        assert guard.fired
        assert "production" in guard.because
        assert "log" in guard.because
    assert not guards(build.dev(*ladder(build), of=traces, production=Production(log)))["baseline_first"].fired


@pytest.mark.parametrize(("log_success", "held"), [(0.9, True), (0.5, False)])
def test_a_strategy_that_loses_to_production_is_held_back(build: Any, log_success: float, held: bool) -> None:
    log = build.four(log_success)
    one = build.evidence("prompt", 0.6)
    one = replace(one, against_current=against_production("prompt", one.metrics, log))
    inputs = build.dev(one, of=build.task(current=None, current_traces=True), production=Production(log))
    assert ("prompt" in guards(inputs)["no_aggregate_only_win"].strategies) is held


def test_production_is_what_the_scores_measure_the_gap_from(build: Any) -> None:
    traces = build.task(current=None, current_traces=True)
    inputs = build.dev(*ladder(build), of=traces, production=Production(build.four(0.79)))
    (gap,) = (one for one in choose_candidate(inputs).scores if one.name == "quality_gap")
    assert gap.inputs["baseline"] == "production"
    # One in 21 of the failures of production must go: (0.80 - 0.79) / (1 - 0.79).
    assert gap.score == pytest.approx(5 / 21, abs=0.01)
