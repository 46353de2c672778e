from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.decide import Decision, choose_candidate, conclude
from rung.decide.change import KINDS, Change
from rung.decide.changed_findings import difference_interval
from rung.decide.changes import changes_between
from rung.decide.codec import encode
from rung.decide.decision import Exclusion, SealedOpening
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.task.task import Constraints, Target


@pytest.fixture
def base(build: Any) -> Decision:
    inputs = build.dev(
        build.evidence("prompt", 0.5), build.evidence("retrieval", 0.9, rank=50), build.evidence("lora", 0.6, rank=60)
    )
    made: Decision = conclude(inputs, choose_candidate(inputs), build.sealed("retrieval"))
    assert made.strategy == "retrieval"
    return made


def only(before: Decision, after: Decision) -> Change:
    [change] = changes_between(before, after).changes
    return change


def with_strategy(decision: Decision, name: str, **changes: Any) -> Decision:
    found = tuple(replace(one, **changes) if one.card.name == name else one for one in decision.strategies)
    return replace(decision, strategies=found)


def with_success(decision: Decision, figure: Estimate | Missing) -> Decision:
    [one] = [one for one in decision.strategies if one.card.name == "prompt"]
    assert one.metrics is not None
    overall = {**one.metrics.overall, "task_success": figure}
    return with_strategy(decision, "prompt", metrics=replace(one.metrics, overall=overall))


def share(value: float, low: float | None, high: float | None) -> Estimate:
    return Estimate(value, low, high, "share", 100, Provenance.MEASURED, "planted")


def test_equal_decisions_say_so(base: Decision) -> None:
    found = changes_between(base, replace(base, made_at="2031-01-01T00:00:00Z"))
    assert found.equal
    assert found.changes == ()
    assert found.notes == ()


def test_a_verdict_that_turned_comes_first(base: Decision) -> None:
    after = replace(base, verdict="none_meets", strategy=None, data_hash="ff" * 32)
    found = changes_between(base, after).changes
    assert [one.kind for one in found] == ["verdict", "candidate", "data"]
    assert found[0].sentence == "The verdict was 'recommend' and is 'none meets'."
    assert found[1].sentence == "The recommended strategy was retrieval and is none."


def test_a_result_that_became_exploratory_is_a_change_of_the_verdict(base: Decision) -> None:
    opening = SealedOpening(base.sealed.openings, True, "The targets moved after an opening.")
    change = only(replace(base, sealed=replace(base.sealed, exploratory=False)), replace(base, sealed=opening))
    assert change.kind == "verdict"
    assert "is exploratory: The targets moved after an opening." in change.sentence


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ((Target("task_success", minimum=0.9),), "task success of at least 80% became task success of at least 90%"),
        ((), "A target is gone: task success of at least 80%."),
        (
            (Target("task_success", minimum=0.8), Target("latency_p95_ms", maximum=900)),
            "A target is new: p95 latency of at most 900 ms.",
        ),
    ],
)
def test_a_target_that_moved_came_or_went_is_named(base: Decision, targets: tuple[Target, ...], words: str) -> None:
    change = only(replace(base, targets=(Target("task_success", minimum=0.8),)), replace(base, targets=targets))
    assert change.kind == "targets"
    assert words in change.sentence


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Constraints(budget_usd=60_000), "budget_usd was not set and is USD 60,000."),
        (Constraints(launch_weeks=8), "launch_weeks was not set and is 8 weeks."),
        (Constraints(deployment="on_prem"), "deployment was not set and is on_prem."),
        (Constraints(machine="cpu-small"), "machine was not set and is cpu-small."),
    ],
)
def test_a_constraint_that_changed_is_named(base: Decision, limits: Constraints, words: str) -> None:
    change = only(replace(base, constraints=Constraints()), replace(base, constraints=limits))
    assert (change.kind, words in change.sentence) == ("constraints", True)


def test_a_record_that_kept_no_constraints_is_not_said_to_have_had_none(base: Decision) -> None:
    found = changes_between(replace(base, constraints=None), replace(base, constraints=Constraints(budget_usd=1.0)))
    assert found.changes == ()
    assert found.notes == ("The earlier record kept no constraints, so they could not be compared.",)


def test_other_data_other_counts_and_other_labels_are_told_apart(base: Decision) -> None:
    old = replace(base.evidence, items={"dev": 100, "sealed": 120}, labels=("a", "b"), corpus_entries=3)
    new = replace(old, items={"dev": 140, "sealed": 120}, labels=("b", "c", "d"), corpus_entries=4)
    before = replace(base, evidence=old, data_hash="aa" * 32)
    told = [one.sentence for one in changes_between(before, replace(base, evidence=new, data_hash="bb" * 32)).changes]
    assert told == [
        "The data are others: hash aaaaaaaaaaaaaaaa became bbbbbbbbbbbbbbbb.",
        "The dev items were 100 and are 140.",
        "The corpus had 3 entries and has 4.",
        "The labels changed: 2 new (c, d); 1 gone (a).",
    ]


def test_the_same_data_split_otherwise_are_not_called_other_data(base: Decision) -> None:
    other = replace(base.evidence, split_hash="99" * 32)
    assert only(base, replace(base, evidence=other)).what == "split"


def test_models_machine_and_seed_are_compared(base: Decision) -> None:
    before = replace(base, models={"generator": "small"}, machine="two cores", seed=1)
    after = replace(base, models={"generator": "large", "encoder": "words"}, machine="four cores", seed=2)
    found = changes_between(before, after).changes
    assert {one.kind for one in found} == {"models"}
    assert [(one.what, one.before, one.after) for one in found] == [
        ("generator", "small", "large"),
        ("encoder", "", "words"),
        ("machine", "two cores", "four cores"),
        ("seed", "1", "2"),
    ]


def test_another_opening_of_the_sealed_split_is_counted(base: Decision) -> None:
    one, two = (replace(base, sealed=replace(base.sealed, openings=number)) for number in (1, 2))
    assert only(one, two).sentence == "The sealed split had been opened once and has been opened 2 times now."


def test_what_became_of_a_strategy_is_told_with_the_new_reason(base: Decision) -> None:
    change = only(base, with_strategy(base, "lora", status="restricted", because="retrieval owns the gap."))
    assert change.kind == "strategies"
    assert change.sentence == "lora was misses and is restricted: retrieval owns the gap."


def test_a_target_that_was_open_and_is_settled_is_told(base: Decision) -> None:
    [one] = [one for one in base.strategies if one.card.name == "lora"]
    open_target = replace(one.targets[0], state="undecided")
    before = with_strategy(base, "lora", targets=(open_target, *one.targets[1:]))
    change = only(before, base)
    assert (change.before, change.after) == ("undecided", "misses")


def test_a_strategy_that_joined_or_left_the_ladder_is_named(base: Decision) -> None:
    shorter = replace(base, strategies=base.strategies[:2])
    assert only(shorter, base).sentence == "lora is new on the ladder."
    assert only(base, shorter).sentence == "lora is no longer on the ladder."


def test_a_metric_beyond_the_intervals_is_a_change_with_both_figures(base: Decision) -> None:
    before, after = with_success(base, share(0.5, 0.45, 0.55)), with_success(base, share(0.7, 0.65, 0.75))
    change = only(before, after)
    assert (change.kind, change.within_intervals) == ("metrics", False)
    assert "was 50% (45% to 55%, measured) and is 70% (65% to 75%, measured)" in change.sentence
    assert "beyond the intervals" in change.sentence


def test_a_metric_within_the_intervals_is_said_to_be_and_comes_last(base: Decision) -> None:
    before = with_success(base, share(0.5, 0.45, 0.55))
    after = replace(with_success(base, share(0.53, 0.48, 0.58)), excluded=(Exclusion("lora", "audit", "closed"),))
    found = changes_between(before, after).changes
    assert [(one.kind, one.within_intervals) for one in found] == [("excluded", False), ("metrics", True)]
    assert "within the intervals" in found[1].sentence


def test_without_a_bounded_interval_no_change_is_called_noise(base: Decision) -> None:
    change = only(with_success(base, share(0.5, None, 0.55)), with_success(base, share(0.51, None, 0.56)))
    assert not change.within_intervals
    assert "cannot be told" in change.sentence


def test_a_figure_that_became_known_or_unknown_is_named(base: Decision) -> None:
    gone, known = Missing("nobody judged it", "rung run"), share(0.5, 0.45, 0.55)
    assert "is known now: 50%" in only(with_success(base, gone), with_success(base, known)).sentence
    assert "is unknown (nobody judged it) now" in only(with_success(base, known), with_success(base, gone)).sentence
    assert changes_between(with_success(base, gone), with_success(base, Missing("another reason"))).equal


def test_the_same_value_from_a_stronger_source_is_a_change(base: Decision) -> None:
    known = share(0.5, 0.45, 0.55)
    change = only(with_success(base, replace(known, provenance=Provenance.MODELLED)), with_success(base, known))
    assert "is measured now, and was modelled" in change.sentence


def test_a_cost_that_moved_is_told_and_an_exact_one_has_no_noise(base: Decision) -> None:
    [one] = [one for one in base.strategies if one.card.name == "prompt"]
    assert one.cost is not None
    dearer = replace(one.cost, p90_usd=exact(25_001, "USD", Provenance.ASSUMED, "planted"))
    change = only(base, with_strategy(base, "prompt", cost=dearer))
    assert (change.kind, change.within_intervals) == ("costs", False)
    assert "USD 25,000 (assumed) and is USD 25,001 (assumed)" in change.sentence


def test_scores_guardrails_and_exclusions_are_compared(base: Decision) -> None:
    scores = tuple(
        replace(one, score=4.25, because="more labels.") if one.name == "data_readiness" else one for one in base.scores
    )
    [first, *rest] = base.guardrails
    flipped = replace(first, fired=not first.fired, because="a rule changed.")
    after = replace(
        base, scores=scores, guardrails=(flipped, *rest), excluded=(Exclusion("lora", "budget_usd", "too dear."),)
    )
    found = changes_between(base, after).changes
    assert [one.kind for one in found] == ["scores", "guardrails", "excluded"]
    assert found[0].sentence.endswith("and is 4.2 of 5: more labels.")
    assert "a rule changed." in found[1].sentence
    assert found[2].sentence == "lora is excluded now by budget_usd: too dear."
    assert changes_between(after, base).changes[-1].sentence == "lora is no longer excluded by budget_usd."


def test_a_guardrail_that_holds_back_others_now_is_a_change(base: Decision) -> None:
    [first, *rest] = base.guardrails
    one, two = (replace(first, fired=True, strategies=names) for names in (("lora",), ("lora", "scratch")))
    before, after = (replace(base, guardrails=(guardrail, *rest)) for guardrail in (one, two))
    assert "held back lora and holds back lora and scratch" in only(before, after).sentence


def test_the_order_of_kinds_holds_whatever_changed(base: Decision) -> None:
    after = replace(
        with_success(base, share(0.99, 0.98, 1.0)),
        verdict="none_meets",
        strategy=None,
        seed=99,
        targets=(),
        data_hash="00" * 32,
    )
    kinds = [KINDS.index(one.kind) for one in changes_between(base, after).changes]
    assert kinds == sorted(kinds)
    assert len(set(kinds)) == 6


def test_the_difference_is_that_of_zou_and_donner() -> None:
    # By hand: .7 - .5 = .2; low reach sqrt(.05^2 + .05^2) = .0707, high reach sqrt(.04^2 + .06^2) = .0721.
    ends = difference_interval(share(0.5, 0.44, 0.55), share(0.7, 0.65, 0.74))
    assert ends == pytest.approx((0.2 - 0.070711, 0.2 + 0.072111), abs=1e-6)
    assert difference_interval(share(0.5, None, 0.6), share(0.5, 0.4, 0.6)) is None


values = st.floats(-1e6, 1e6)
reaches = st.floats(0, 1e5)
estimates = st.builds(
    lambda value, down, up: Estimate(value, value - down, value + up, "USD", None, Provenance.MODELLED, "planted"),
    values,
    reaches,
    reaches,
)


@given(estimates, estimates)
def test_the_difference_turned_round_is_its_mirror_image(one: Estimate, other: Estimate) -> None:
    forth, back = difference_interval(one, other), difference_interval(other, one)
    assert forth is not None
    assert back is not None
    assert forth == pytest.approx((-back[1], -back[0]), abs=1e-6)
    assert forth[0] <= other.value - one.value <= forth[1]


def test_a_comparison_can_be_written_as_json(base: Decision) -> None:
    document = encode(changes_between(base, replace(base, seed=9)))
    assert json.loads(json.dumps(document, allow_nan=False))["changes"][0]["kind"] == "models"
