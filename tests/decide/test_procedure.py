from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.decide import Decision, choose_candidate, conclude
from rung.decide.evidence import DataFacts, SealedEvidence
from rung.estimate import Missing
from rung.task.task import Constraints, Flow, Moat, Target, Team


def decided(inputs: Any, sealed: SealedEvidence | None = None, **more: Any) -> Decision:
    return conclude(inputs, choose_candidate(inputs), sealed, **more)


def status(decision: Decision) -> dict[str, str]:
    return {one.card.name: one.status for one in decision.strategies}


def staged(build: Any, prompt: float, retrieval: float, lora: float, scratch: float = 0.9) -> list[Any]:
    return [
        build.evidence("scratch", scratch, "from_scratch", 130),
        build.evidence("prompt", prompt),
        build.evidence("lora", lora, "fine_tuned", 100),
        build.evidence("retrieval", retrieval, rank=50),
    ]


def test_support_assistant_whose_context_is_missing_gets_retrieval_and_no_tuning(build: Any) -> None:
    inputs = build.dev(
        *staged(build, 0.5, 0.9, 0.95),
        diagnoses=(build.diagnosis("retrieval", owed={"retrieval": 0.7, "model": 0.3}),),
    )
    decision = decided(inputs, build.sealed("retrieval"))
    assert (decision.verdict, decision.strategy, decision.family) == ("recommend", "retrieval", "pretrained")
    assert status(decision) == {
        "prompt": "misses",
        "retrieval": "recommended",
        "lora": "restricted",
        "scratch": "restricted",
    }


def test_claims_processing_with_recurring_dear_failures_gets_a_fine_tuning_pilot(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.5, 0.6, 0.93)), build.sealed("lora"))
    assert (decision.verdict, decision.strategy, decision.stage) == ("recommend", "lora", "fine-tuning pilot")


def test_medical_coding_without_a_governed_lifecycle_is_told_what_unlocks_tuning(build: Any) -> None:
    plain = build.task()
    without = replace(plain, lifecycle=replace(plain.lifecycle, rollback_plan=None))
    decision = decided(build.dev(*staged(build, 0.5, 0.6, 0.93, 0.5), of=without))
    assert (decision.verdict, decision.strategy) == ("none_meets", None)
    assert status(decision)["lora"] == "restricted"
    assert "lora" in decision.next_stage
    assert any("rollback_plan" in line for line in decision.unlocks)
    assert sum("rollback_plan" in line for line in decision.measure_next) == 1, "a reason is told once"


def sovereign(build: Any, **changes: Any) -> Any:
    return build.task(
        constraints=Constraints(
            deployment="on_prem", weights="open", audit="strict", launch_weeks=104, budget_usd=2_000_000
        ),
        team=Team(8, 3, 36),
        moat=Moat(5e10, exclusive=True),
        **changes,
    )


def test_national_legal_platform_whose_adaptation_fails_may_build_its_own(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.3, 0.5, 0.6), of=sovereign(build)), build.sealed("scratch"))
    assert (decision.verdict, decision.strategy) == ("recommend", "scratch")
    assert "multi-year" in decision.stage
    assert next(row for row in decision.scenario if row.recommendation == "Train from scratch").matches is True


def test_a_large_corpus_does_not_justify_scratch_while_tuning_meets(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.3, 0.5, 0.9, 0.97), of=sovereign(build)), build.sealed("lora"))
    assert decision.strategy == "lora"
    assert status(decision)["scratch"] == "restricted"


def test_thin_data_before_a_close_launch_stay_with_pretrained_even_if_tuning_meets(build: Any) -> None:
    urgent = build.task(constraints=Constraints(audit="standard", weights="any", launch_weeks=6))
    decision = decided(build.dev(*staged(build, 0.4, 0.5, 0.95), of=urgent, data=DataFacts(30, 1, 0.0, 100)))
    assert decision.verdict == "none_meets"
    assert decision.stage.startswith("pre-trained")
    row = decision.scenario[0]
    assert (row.matches, row.recommendation) == (True, "Pre-trained + retrieval")


def test_thin_evidence_on_a_light_strategy_ends_in_insufficient_evidence_with_a_number(build: Any) -> None:
    light = build.evidence("prompt", 0.85, n=60)
    decision = decided(build.dev(light, build.evidence("lora", 0.99, "fine_tuned", 100)))
    assert (decision.verdict, decision.strategy) == ("insufficient_evidence", None)
    assert any("dev items in all (data.dev_items" in line for line in decision.measure_next)


def test_what_meets_behind_an_undecided_strategy_is_named_among_the_first_reasons(build: Any) -> None:
    light = build.evidence("prompt", 0.85, n=60)
    decision = decided(build.dev(light, build.evidence("counts", 0.99, "classical", 60)))
    assert decision.strategy is None
    assert any("counts meets every target on dev, and would be next" in line for line in decision.because[:3])


def test_a_task_without_targets_is_not_decided(build: Any) -> None:
    decision = decided(build.dev(build.evidence("prompt", 0.9), of=build.task(targets=())))
    assert decision.verdict == "insufficient_evidence"
    assert any("targets" in line for line in decision.because)


def test_what_already_runs_and_meets_is_kept_without_a_rollout(build: Any) -> None:
    decision = decided(build.dev(build.evidence("prompt", 0.9)), build.sealed("prompt"))
    assert decision.headline.startswith("Stay with prompt")
    assert decision.rollout["steps"] == []


def test_equal_ranks_go_to_the_lower_twelve_month_cost(build: Any) -> None:
    dear = build.evidence("a-dear", 0.9, rank=20, cost=build.year("a-dear", 50_000))
    cheap = build.evidence("b-cheap", 0.9, rank=20, cost=build.year("b-cheap", 20_000))
    assert choose_candidate(build.dev(build.evidence("prompt", 0.5), dear, cheap)).candidate == "b-cheap"


def test_an_unknown_cost_never_wins_a_tie(build: Any) -> None:
    unknown = build.evidence("a-unknown", 0.9, rank=20, cost=None)
    known = build.evidence("b-known", 0.9, rank=20)
    assert choose_candidate(build.dev(build.evidence("prompt", 0.5), unknown, known)).candidate == "b-known"


def test_an_unknown_cost_under_a_budget_blocks_and_names_what_is_missing(build: Any) -> None:
    unknown = replace(build.year("prompt"), total_usd=Missing("?"), p90_usd=Missing("no wage", "set prices.wage"))
    of = build.task(constraints=Constraints(audit="standard", budget_usd=50_000))
    decision = decided(build.dev(build.evidence("prompt", 0.9, cost=unknown), of=of))
    assert decision.verdict == "insufficient_evidence"
    assert [one.constraint for one in decision.excluded] == ["budget_usd"]
    assert any("prices.wage" in line for line in decision.measure_next)


def test_a_candidate_that_misses_on_the_sealed_split_is_not_replaced(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval", 0.7))
    assert (decision.verdict, decision.strategy) == ("insufficient_evidence", None)
    assert status(decision)["retrieval"] == "failed_sealed"
    assert status(decision)["lora"] != "recommended"


def test_a_candidate_that_stays_undecided_on_the_sealed_split_says_how_many_items(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval", 0.85, 60))
    assert decision.verdict == "insufficient_evidence"
    assert status(decision)["retrieval"] == "undecided"
    assert any("sealed items in all (data.sealed_items" in line for line in decision.measure_next)


def test_a_segment_that_is_shown_to_lose_against_current_blocks(build: Any) -> None:
    lost = build.comparison("retrieval", "prompt", 0.4, 0.05, {"adversarial": (-0.3, 0.1), "routine": (0.5, 0.05)})
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval", against_current=lost))
    assert decision.verdict == "insufficient_evidence"
    assert any("adversarial" in line for line in decision.because)


def test_an_undecided_segment_caps_the_rollout_and_does_not_block(build: Any) -> None:
    parts = {"adversarial": (0.0, 0.3), "routine": (0.4, 0.05)}
    unsure = build.comparison("retrieval", "prompt", 0.4, 0.05, parts)
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval", against_current=unsure))
    assert decision.verdict == "recommend"
    assert max(decision.rollout["steps"]) == 25


def test_offline_wins_alone_never_reach_full_rollout(build: Any) -> None:
    kept = build.comparison("retrieval", "prompt", 0.4, 0.05, {"edge": (0.4, 0.05)})
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval", against_current=kept))
    assert decision.rollout["steps"] == [1, 5, 25, 50]


def test_targets_changed_after_an_opening_make_it_exploratory_and_cap_the_rollout(build: Any) -> None:
    inputs = build.dev(*staged(build, 0.5, 0.9, 0.95))
    decision = decided(inputs, build.sealed("retrieval", opening=build.opening(exploratory=True)))
    assert decision.headline.startswith("Exploratory")
    assert decision.rollout["steps"] == [1]
    assert decision.sealed.exploratory


def test_a_refused_opening_ends_in_insufficient_evidence_with_the_reason(build: Any) -> None:
    inputs = build.dev(*staged(build, 0.5, 0.9, 0.95))
    decision = decided(inputs, None, refused="prompt failed on this split before")
    assert decision.verdict == "insufficient_evidence"
    assert "prompt failed on this split before" in decision.because[0]


def test_sealed_evidence_of_another_strategy_is_refused(build: Any) -> None:
    inputs = build.dev(*staged(build, 0.5, 0.9, 0.95))
    with pytest.raises(ValueError, match="candidate is retrieval"):
        decided(inputs, build.sealed("lora"))


def test_the_first_reasons_say_for_which_models_the_verdict_speaks(build: Any) -> None:
    inputs = build.dev(*staged(build, 0.5, 0.9, 0.95), stronger_model_measured=False)
    decision = decided(inputs, build.sealed("retrieval"))
    assert "no stronger pre-trained model was tried" in decision.because[1]
    assert decision.measure_next[0].startswith("A stronger pre-trained model")


def test_a_measured_stronger_model_is_not_asked_for_again(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval"))
    assert not any("stronger" in line for line in (*decision.because, *decision.measure_next))


def test_differences_that_the_items_cannot_resolve_are_named(build: Any) -> None:
    close = build.comparison("retrieval", "prompt", 0.03, 0.05)
    inputs = build.dev(build.evidence("prompt", 0.5), build.evidence("retrieval", 0.9, rank=50, against_lighter=close))
    decision = decided(inputs, build.sealed("retrieval"))
    assert any("cannot tell retrieval from prompt" in line and "900" in line for line in decision.limits)


def test_thresholds_name_the_measured_bounds(build: Any) -> None:
    decision = decided(
        build.dev(build.evidence("prompt", 0.5), build.evidence("retrieval", 0.9, rank=50)), build.sealed("retrieval")
    )
    # Wilson's lower bound of 360 in 400 at z = 1.645 is .873; of 200 in 400, .459.
    assert "Away from retrieval when targets.task_success.min rises above 0.873 (measured)." in decision.flips_when
    assert "To prompt when targets.task_success.min falls to 0.459 (measured)." in decision.flips_when


def test_a_threshold_is_the_tighter_of_dev_and_sealed(build: Any) -> None:
    inputs = build.dev(build.evidence("prompt", 0.5), build.evidence("retrieval", 0.9, rank=50))
    # Wilson's lower bound of 352 in 400 (.88) is .851, below dev's .873; a better sealed result changes nothing.
    assert any("rises above 0.85" in line for line in decided(inputs, build.sealed("retrieval", 0.88)).flips_when)
    assert any("rises above 0.87" in line for line in decided(inputs, build.sealed("retrieval", 0.95)).flips_when)


def test_a_strategy_that_broke_holds_up_everything_heavier(build: Any) -> None:
    broke = build.evidence("prompt", None, not_run="failed", not_run_because="the server timed out")
    decision = decided(build.dev(broke, build.evidence("retrieval", 0.9, rank=50), of=build.task(current=None)))
    assert decision.verdict == "insufficient_evidence"
    assert "timed out" in decision.because[0]


def test_a_strategy_that_the_team_left_out_is_named_as_a_limit(build: Any) -> None:
    left_out = build.evidence("few-shot", None, rank=20, not_run="not_chosen", not_run_because="not in strategies")
    decision = decided(build.dev(build.evidence("prompt", 0.9), left_out), build.sealed("prompt"))
    assert any("few-shot" in line for line in decision.limits)


def test_a_correction_target_without_shares_is_unmeasured_and_named(build: Any) -> None:
    one = build.evidence("prompt", 0.9)
    overall = {
        **one.metrics.overall,
        "correction_rate": Missing("no shares", "set flows[].corrected_share_of_failures"),
    }
    one = replace(one, metrics=replace(one.metrics, overall=overall))
    of = build.task(
        targets=(Target("task_success", minimum=0.8), Target("correction_rate", maximum=0.2)), flows=(Flow("web"),)
    )
    decision = decided(build.dev(one, of=of))
    assert decision.verdict == "insufficient_evidence"
    assert status(decision)["prompt"] == "unmeasured"
    assert any("corrected_share_of_failures" in line for line in decision.measure_next)


def test_nothing_measured_gives_a_record_and_no_recommendation(build: Any) -> None:
    decision = decided(build.dev(build.evidence("prompt", None), build.evidence("lora", None, "fine_tuned", 100)))
    assert decision.verdict == "insufficient_evidence"
    assert set(status(decision).values()) == {"not_run"}


def test_the_same_inputs_give_the_same_id_at_another_time(build: Any) -> None:
    inputs = build.dev(*staged(build, 0.5, 0.9, 0.95))
    first = decided(inputs, build.sealed("retrieval"))
    later = decided(replace(inputs, made_at="2027-05-05T00:00:00Z"), build.sealed("retrieval"))
    other = decided(replace(inputs, machine="another"), build.sealed("retrieval"))
    assert first.id == later.id
    assert first.made_at != later.made_at
    assert first.id != other.id


def test_strategies_stand_in_the_order_of_the_ladder_whatever_order_they_came_in(build: Any) -> None:
    decision = decided(build.dev(*staged(build, 0.5, 0.9, 0.95)), build.sealed("retrieval"))
    assert [one.card.name for one in decision.strategies] == ["prompt", "retrieval", "lora", "scratch"]
