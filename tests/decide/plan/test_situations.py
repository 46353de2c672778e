"""The situations of the field, and the wrong turns: each must come out right, and for the right reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rung.decide.plan import Plan
from rung.strategies.contract import Family

MakePlan = Callable[..., Plan]


def blocked(plan: Plan, family: Family) -> str:
    way = next(one for one in plan.ways if one.family == family)
    assert way.state == "blocked"
    return "; ".join(way.because)


def fired(plan: Plan) -> set[str]:
    return {one.name for one in plan.guardrails if one.fired}


def test_a_support_assistant_that_lacks_account_context_gets_retrieval_and_no_tuning(planned: MakePlan) -> None:
    plan = planned("support-assistant")
    assert (plan.rung, plan.first) == ("pretrained", "retrieve")
    assert "root_cause_first" in fired(plan)
    assert "lack context" in blocked(plan, "fine_tuned")
    assert plan.intention is not None
    assert not plan.intention.allowed


def test_where_the_context_is_looked_up_and_still_missing_the_search_comes_first(planned: MakePlan) -> None:
    plan = planned("support-assistant", today_system="retrieval")
    assert (plan.rung, plan.first) == ("pretrained", "improve_retrieval")


def test_invalid_json_is_constrained_before_anything_is_tuned(planned: MakePlan) -> None:
    plan = planned("claims-json")
    assert (plan.rung, plan.first) == ("pretrained", "constrain_output")
    assert "not constrained" in blocked(plan, "fine_tuned")
    assert any("fine-tuning pilot" in step.what for step in plan.steps[1:])


def test_invalid_json_that_survives_constrained_output_is_worth_a_pilot(planned: MakePlan) -> None:
    plan = planned("claims-json", adaptation_tried=("prompting", "constrained_output"))
    assert (plan.rung, plan.first) == ("fine_tuning_pilot", "tune")
    assert any("segment" in condition for condition in plan.conditions)


def test_the_pilot_for_invalid_json_waits_for_the_eval_set(planned: MakePlan) -> None:
    plan = planned("claims-json", adaptation_tried=("prompting", "constrained_output"), eval_adversarial=0)
    assert plan.rung == "pretrained"
    assert "adversarial" in blocked(plan, "fine_tuned")


def test_similar_procedure_codes_are_tuned_on_adjudicated_samples(planned: MakePlan) -> None:
    plan = planned("medical-coding")
    assert (plan.rung, plan.first) == ("fine_tuning_pilot", "tune")
    assert any("adjudicated" in condition for condition in plan.conditions)


@pytest.mark.parametrize(("checks", "words"), [(False, "not in place"), (None, "not said whether governance")])
def test_without_governance_and_audit_checks_the_codes_are_not_tuned(
    planned: MakePlan, checks: bool | None, words: str
) -> None:
    plan = planned("medical-coding", governance_checks=checks)
    assert plan.rung == "pretrained"
    assert words in blocked(plan, "fine_tuned")
    assert "governance_checks_first" in fired(plan)
    assert any(words in one for one in plan.unlocks)


def test_a_legal_platform_tries_adaptation_before_a_model_of_its_own(planned: MakePlan) -> None:
    plan = planned("legal-platform")
    assert (plan.rung, plan.first) == ("pretrained", "cover_modality")
    assert "retrieval and fine-tuning were not tried" in blocked(plan, "from_scratch")


def test_after_adaptation_failed_with_evidence_the_legal_platform_evaluates_from_scratch(planned: MakePlan) -> None:
    plan = planned("legal-platform-adapted")
    assert plan.rung == "from_scratch"
    assert "several years" in plan.headline
    told = " ".join(plan.conditions)
    assert all(part in told for part in ("safety evaluations", "retraining", "incident response", "senior people"))


@pytest.mark.parametrize("unknown", ["today_latency_p95_ms", "today_cost_per_success_usd", "today_correction_rate"])
def test_after_adaptation_failed_what_is_unknown_of_today_is_measured_and_nothing_is_tried_again(
    planned: MakePlan, unknown: str
) -> None:
    plan = planned("legal-platform-adapted", **{unknown: None})
    assert (plan.rung, plan.first) == ("pretrained", "measure_baseline")
    assert unknown.removeprefix("today_") in blocked(plan, "from_scratch")
    assert not any("Try the strongest open models" in step.what for step in plan.steps)


def test_a_failure_without_evidence_does_not_open_from_scratch(planned: MakePlan) -> None:
    plan = planned("legal-platform-adapted", adaptation_evidence=False)
    assert plan.rung == "pretrained"
    assert "without evidence" in blocked(plan, "from_scratch")


def test_a_proprietary_multimodal_corpus_defends_a_model_of_ones_own(planned: MakePlan) -> None:
    plan = planned("multimodal-platform")
    assert plan.rung == "from_scratch"
    assert plan.conditions
    assert plan.scenario[2].matches
    assert "exclusive data: yes" in plan.scenario[2].because
    assert any("images" in limit for limit in plan.limits)  # rung measures text


@pytest.mark.parametrize("name", ["legal-platform-adapted", "multimodal-platform"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"team_senior_ml": 0.0}, "senior"),
        ({"team_horizon_months": 12.0}, "horizon"),
        ({"constraints_budget_usd": None}, "budget"),
        ({"constraints_budget_usd": 50_000.0}, "budget"),
        ({"moat_proprietary_tokens": 0.0, "moat_exclusive": False}, "tokens"),
        ({"lifecycle_rollback_plan": None}, "rollback"),
        ({"requirements": "changing"}, "changing"),
        ({"constraints_launch_weeks": 8.0}, "launch_weeks"),
    ],
)
def test_without_the_means_nothing_is_trained_from_scratch(
    planned: MakePlan, name: str, change: dict[str, Any], words: str
) -> None:
    plan = planned(name, **change)
    assert plan.rung != "from_scratch"
    assert words in blocked(plan, "from_scratch")


def test_owned_weights_without_a_moat_only_sound_strategic(planned: MakePlan) -> None:
    plan = planned("multimodal-platform", moat_exclusive=False)
    assert plan.rung != "from_scratch"
    assert "no lasting edge" in blocked(plan, "from_scratch")


def test_wrong_turn_fine_tuning_before_failure_analysis(planned: MakePlan) -> None:
    plan = planned("medical-coding", failures_analysed=False)
    assert (plan.rung, plan.first) == ("pretrained", "analyse_failures")
    assert "no failure analysis" in blocked(plan, "fine_tuned")
    assert "failure_analysis_first" in fired(plan)
    assert plan.intention is not None
    assert not plan.intention.allowed


def test_wrong_turn_unclear_failures_are_no_error_classes(planned: MakePlan) -> None:
    plan = planned("medical-coding", failures_mostly="unclear")
    assert (plan.rung, plan.first) == ("pretrained", "analyse_failures")
    assert "no error classes" in blocked(plan, "fine_tuned")


def test_wrong_turn_from_scratch_because_it_sounds_strategic(planned: MakePlan) -> None:
    plan = planned("claims-json", intended="from_scratch", team_horizon_months=None)
    assert "no_scratch_because_strategic" in fired(plan)
    reasons = blocked(plan, "from_scratch")
    assert "adaptation is not shown to fail" in reasons
    assert "not hard" in reasons
    assert plan.intention is not None
    assert not plan.intention.allowed


@pytest.mark.parametrize("wins", ["benchmark", "production", None])
def test_wrong_turn_no_full_rollout_on_what_was_only_said(planned: MakePlan, wins: str | None) -> None:
    plan = planned("medical-coding", intended="full_rollout", wins_shown_on=wins)
    assert plan.intention is not None
    assert not plan.intention.allowed
    assert "validated on real traffic" in " ".join(plan.intention.because)
    assert ("benchmark" in " ".join(plan.intention.because)) == (wins == "benchmark")
    assert "production_before_full_rollout" in fired(plan)


def test_low_readiness_and_an_urgent_launch_stay_pretrained(planned: MakePlan) -> None:
    plan = planned("medical-coding", labels_count=100, labels_rarest_class=0, constraints_launch_weeks=6.0)
    assert plan.rung == "pretrained"
    assert any("readiness is low" in one for one in plan.because)
    assert plan.scenario[0].matches


def test_changing_requirements_stay_pretrained(planned: MakePlan) -> None:
    plan = planned("medical-coding", requirements="changing")
    assert plan.rung == "pretrained"
    assert any("still changing" in one for one in plan.because)


def test_flows_that_are_not_worth_it_get_no_pilot(planned: MakePlan) -> None:
    # .18 of 1,000 requests a month at 4 USD lose 8,640 USD a year: less than a few engineer weeks.
    plan = planned("medical-coding", flow_requests_per_month=1000.0)
    assert plan.rung == "pretrained"
    assert "not worth it" in blocked(plan, "fine_tuned")


def test_targets_that_are_met_leave_the_system_as_it_is(planned: MakePlan) -> None:
    plan = planned("claims-json", targets_task_success=0.8)
    assert plan.rung == "keep"
    assert any("state higher ones" in one for one in plan.warnings)


def test_a_budget_below_every_option_is_named_with_what_to_do(planned: MakePlan) -> None:
    plan = planned("claims-json", constraints_budget_usd=500.0)
    assert plan.rung == "none"
    assert any("below the least planning cost" in one and "Raise" in one for one in plan.warnings)


def test_a_launch_that_even_a_prompt_may_miss_is_a_warning_and_no_push_upward(planned: MakePlan) -> None:
    plan = planned("claims-json", constraints_launch_weeks=1.0)
    assert plan.rung == "pretrained"
    assert any("not sure to launch in time" in one for one in plan.warnings)


@pytest.mark.parametrize(
    ("today", "opening"),
    [
        ("prompt", "Stay with a pre-trained model"),
        ("nothing", "Start with a pre-trained model"),
        ("fine_tuned", "Train"),
    ],
)
def test_nobody_is_told_to_stay_with_what_does_not_run(planned: MakePlan, today: str, opening: str) -> None:
    plan = planned("claims-json", today_system=today, failures_analysed=None)
    assert plan.rung == "pretrained"
    assert plan.headline.startswith(opening)
