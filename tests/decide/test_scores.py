from __future__ import annotations

from typing import Any

import pytest

from rung.decide.evidence import DataFacts
from rung.decide.scores import by_name, six_scores
from rung.decide.situation import read_situation
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.task.task import Constraints, Moat, Policy, Target


def scores(build: Any, *, success: float = 0.6, of: Any = None, **changes: Any) -> dict[str, float | None]:
    found = six_scores(read_situation(build.dev(build.evidence("prompt", success), of=of, **changes)))
    assert all(one.because for one in found)
    return {str(name): score for name, score in by_name(found).items()}


def test_the_quality_gap_is_the_share_of_failures_that_must_go(build: Any) -> None:
    # From .60 to .80: half of the failures, so 2.5.
    assert scores(build, success=0.6)["quality_gap"] == 2.5
    assert scores(build, success=0.8)["quality_gap"] == 0.0


def test_the_quality_gap_takes_the_worst_segment(build: Any) -> None:
    of = build.task(targets=(Target("task_success", minimum=0.5), Target("task_success", minimum=0.9, segment="edge")))
    # .60 on edge against .90: three quarters of the failures.
    assert scores(build, success=0.6, of=of)["quality_gap"] == 3.75


def test_no_measured_current_system_gives_no_quality_gap(build: Any) -> None:
    assert scores(build, of=build.task(current="something-else"))["quality_gap"] is None


@pytest.mark.parametrize(
    ("data", "score"),
    [
        (DataFacts(1200, 300, 0.0, 400), 5.0),
        (DataFacts(30, 300, 0.0, 400), 2.5),  # 10 items a label of 20 wanted
        (DataFacts(1200, 1, 0.0, 400), 1.0),  # 1 item of the rarest label of 5 wanted
        (DataFacts(1200, 300, 0.05, 400), 2.5),  # half of the ceiling of conflicts
        (DataFacts(1200, 300, 0.2, 400), 0.0),
        (DataFacts(1200, 300, 0.0, 40), 2.0),  # 40 sealed items of 100 wanted
    ],
)
def test_data_are_as_ready_as_their_weakest_part(build: Any, data: DataFacts, score: float) -> None:
    assert scores(build, data=data)["data_readiness"] == score


def noisy(value: float, low: float | None, high: float | None, unit: str = "share") -> Estimate:
    return Estimate(value, low, high, unit, 400, Provenance.MODELLED, "planted")


@pytest.mark.parametrize(
    ("noise", "score"),
    [
        (noisy(0.05, 0.02, 0.10), 3.75),  # a quarter of the .20 that a minimum of .80 leaves room for
        (noisy(0.20, 0.15, 0.25), 0.0),
        (noisy(0.05, 0.0, 0.60), 5.0),  # from none to most: nothing is known
        (Missing("no probe"), 5.0),
    ],
)
def test_wrong_labels_lower_data_readiness_by_the_room_that_the_target_leaves(
    build: Any, noise: Figure, score: float
) -> None:
    of = build.task(targets=(Target("task_success", minimum=0.8),))
    assert scores(build, of=of, data=DataFacts(1200, 300, 0.0, 400, label_noise=noise))["data_readiness"] == score


def test_without_a_target_a_fifth_of_wrong_labels_is_the_ceiling(build: Any) -> None:
    data = DataFacts(1200, 300, 0.0, 400, label_noise=noisy(0.10, 0.05, 0.15))
    assert scores(build, of=build.task(targets=()), data=data)["data_readiness"] == 2.5


@pytest.mark.parametrize(("alpha", "score"), [(0.9, 5.0), (0.4, 2.5), (-0.2, 0.0)])
def test_people_who_do_not_agree_lower_data_readiness(build: Any, alpha: float, score: float) -> None:
    data = DataFacts(1200, 300, 0.0, 400, agreement=noisy(alpha, None, None, "alpha"))
    assert scores(build, data=data)["data_readiness"] == score


@pytest.mark.parametrize(("leaked", "score"), [(0.0, 5.0), (0.05, 2.5), (0.5, 0.0)])
def test_leaked_items_lower_data_readiness(build: Any, leaked: float, score: float) -> None:
    data = DataFacts(1200, 300, 0.0, 400, leak_share=leaked)
    assert scores(build, data=data)["data_readiness"] == score


def test_a_missing_segment_lowers_data_readiness(build: Any) -> None:
    thin = build.summary(segments={"dev": {"routine": 400}})
    assert scores(build, summary=thin)["data_readiness"] == pytest.approx(5 / 3, abs=0.01)


@pytest.mark.parametrize(
    ("data", "score"),
    [
        (DataFacts(100, None, None, 400), 5.0),
        (DataFacts(50, None, None, 400), 2.5),  # 50 items of 100 wanted
        (DataFacts(500, None, 0.05, 400), 2.5),  # half of the ceiling of conflicts
        (DataFacts(None, None, None, 400), None),
    ],
)
def test_without_labels_the_number_of_items_counts(build: Any, data: DataFacts, score: float | None) -> None:
    assert scores(build, data=data, summary=build.summary(labels=()))["data_readiness"] == score


def test_unprofiled_data_have_no_readiness(build: Any) -> None:
    assert scores(build, data=DataFacts())["data_readiness"] is None


@pytest.mark.parametrize(("maximum", "score"), [(1000.0, 0.5), (125.0, 4.0), (50.0, 5.0)])
def test_a_tighter_latency_budget_scores_higher(build: Any, maximum: float, score: float) -> None:
    of = build.task(targets=(Target("latency_p95_ms", maximum=maximum),))  # planted p95: 100 ms
    assert scores(build, of=of)["latency_budget"] == score


@pytest.mark.parametrize(("maximum", "score"), [(0.2, 0.0), (0.1, 0.0), (0.08, 1.25), (0.05, 5.0), (0.01, 5.0)])
def test_unit_economics_rise_with_how_far_the_cost_misses(build: Any, maximum: float, score: float) -> None:
    of = build.task(targets=(Target("cost_per_success_usd", maximum=maximum),))  # planted cost: 0.10 USD
    assert scores(build, of=of)["unit_economics"] == score


@pytest.mark.parametrize(
    ("constraints", "policies", "score"),
    [
        (Constraints(audit="standard"), (), 1.0),
        (Constraints(audit="strict"), (), 3.0),
        (Constraints(audit="strict", deployment="on_prem"), (), 4.0),
        (Constraints(audit="strict", deployment="on_prem"), (Policy("p", "x", must_match=False),), 5.0),
        (Constraints(deployment="on_prem"), (), None),
    ],
)
def test_governance_pressure_counts_points(
    build: Any, constraints: Constraints, policies: tuple[Policy, ...], score: float | None
) -> None:
    assert scores(build, of=build.task(constraints=constraints, policies=policies))["governance_pressure"] == score


@pytest.mark.parametrize(
    ("constraints", "exclusive", "score"),
    [
        (Constraints(weights="any"), False, 0.0),
        (Constraints(weights="open"), False, 1.5),
        (Constraints(weights="owned", deployment="on_prem"), False, 4.0),
        (Constraints(weights="owned", deployment="on_prem"), True, 5.0),
        (Constraints(deployment="on_prem"), True, None),
    ],
)
def test_control_requirements_count_points(
    build: Any, constraints: Constraints, exclusive: bool, score: float | None
) -> None:
    of = build.task(constraints=constraints, moat=Moat(0, exclusive=exclusive))
    assert scores(build, of=of)["control_requirements"] == score


def test_a_person_may_set_a_score_and_the_reason_stays(build: Any) -> None:
    of = build.task(score_overrides={"quality_gap": (4.5, "audit of last month")})
    found = six_scores(read_situation(build.dev(build.evidence("prompt", 0.6), of=of)))
    gap = next(one for one in found if one.name == "quality_gap")
    assert (gap.score, gap.overridden) == (4.5, "audit of last month")
    assert "2.5 by the formula" in gap.because


def test_a_score_says_at_which_values_it_would_be_low_and_high(build: Any) -> None:
    found = six_scores(read_situation(build.dev(build.evidence("prompt", 0.6))))
    gap = next(one for one in found if one.name == "quality_gap")
    # Minimum .80: 5 (.80 - s) / (1 - s) is 2 at s = 2/3, and 4 at s = 0.
    assert "low with task_success from 66.7%, high up to 0%" in gap.moved_by


def test_a_score_has_the_range_that_the_interval_of_its_figure_gives(build: Any) -> None:
    evidence = build.evidence("prompt", 0.6)
    found = {one.name: one for one in six_scores(read_situation(build.dev(evidence)))}
    success = evidence.metrics.overall["task_success"]
    gap = found["quality_gap"]
    assert gap.low == round(5 * (0.8 - success.high) / (1 - success.high), 2)
    assert gap.high == round(5 * (0.8 - success.low) / (1 - success.low), 2)
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < 2.5 < gap.high
    assert found["governance_pressure"].low is None


def test_a_score_of_stated_facts_says_what_another_statement_would_make_of_it(build: Any) -> None:
    of = build.task(constraints=Constraints(audit="strict", weights="open", deployment="on_prem"), moat=Moat())
    found = {one.name: one for one in six_scores(read_situation(build.dev(build.evidence("prompt", 0.6), of=of)))}
    assert "3 with constraints.audit: standard" in found["governance_pressure"].moved_by
    assert "4 with constraints.weights: owned" in found["control_requirements"].moved_by
    assert "3.5 with moat.exclusive: true" in found["control_requirements"].moved_by


def test_mending_the_weakest_part_of_the_data_gives_at_most_the_next_weakest(build: Any) -> None:
    data = DataFacts(1200, 300, 0.05, 60)  # conflicts 2.5, sealed items 3.0
    found = six_scores(read_situation(build.dev(build.evidence("prompt", 0.6), data=data)))
    readiness = next(one for one in found if one.name == "data_readiness")
    assert readiness.score == 2.5
    assert readiness.moved_by == "at most 3.0 by mending conflicting labels alone; then sealed items is the weakest"
