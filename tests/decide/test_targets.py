from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.decide.decision import TargetResult
from rung.decide.targets import judge_target, judge_targets, overall_state
from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.run import Metrics
from rung.task.task import Target

AT_LEAST = Target("task_success", minimum=0.80)
AT_MOST = Target("latency_p95_ms", maximum=1500)


def figure(value: float, low: float | None, high: float | None, n: int | None = 100, note: str = "") -> Estimate:
    return Estimate(value, low, high, "share", n, Provenance.MEASURED, "planted", note)


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (0.80, 0.90, "meets"),
        (0.81, 0.90, "meets"),
        (0.79, 0.90, "undecided"),
        (0.70, 0.80, "undecided"),
        (0.6, 0.79, "misses"),
    ],
)
def test_a_minimum_follows_the_ends_of_the_interval(low: float, high: float, state: str) -> None:
    assert judge_target(AT_LEAST, figure((low + high) / 2, low, high)).state == state


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [(900, 1500, "meets"), (900, 1501, "undecided"), (1500, 1600, "undecided"), (1501, 1600, "misses")],
)
def test_a_maximum_follows_the_ends_of_the_interval(low: float, high: float, state: str) -> None:
    assert judge_target(AT_MOST, figure((low + high) / 2, low, high)).state == state


def test_a_point_above_the_minimum_is_not_enough() -> None:
    # 77 of 90: the one-sided 95 % Wilson bound is .78, below .80 although the point is .856.
    result = judge_target(AT_LEAST, figure(0.8556, 0.784, 0.906, 90))
    assert result.state == "undecided"


def test_an_end_that_is_not_bounded_leaves_a_maximum_undecided_and_says_why() -> None:
    result = judge_target(AT_MOST, figure(900, 700, None, 40, "too few items: n=40, 59 needed"))
    assert result.state == "undecided"
    assert result.items_needed == 59


def test_an_unbounded_end_does_not_hide_a_miss() -> None:
    assert judge_target(AT_MOST, figure(1900, 1600, None, 40)).state == "misses"


def test_a_missing_figure_is_unmeasured_with_its_remedy() -> None:
    result = judge_target(AT_LEAST, Missing("not run", "rung run x"))
    assert result.state == "unmeasured"
    assert "rung run x" in result.because


def test_the_items_needed_would_decide_it() -> None:
    # Wilson's lower bound at z = 1.645 clears .80 when (.85 - .80)^2 >= z^2 * .80 * .20 / n, so n = 173.2.
    result = judge_target(AT_LEAST, figure(0.85, 0.7779, 0.9017, 90))
    assert result.items_needed is not None
    assert 173 <= result.items_needed <= 176


def test_clustered_items_need_more_items_than_independent_ones() -> None:
    alone = judge_target(AT_LEAST, figure(0.85, 0.7779, 0.9017, 90)).items_needed
    clustered = judge_target(AT_LEAST, figure(0.85, 0.740, 0.918, 90)).items_needed
    assert alone is not None
    assert clustered is not None
    assert clustered > alone


def test_a_value_on_the_bound_names_no_number_of_items() -> None:
    result = judge_target(AT_LEAST, figure(0.80, 0.72, 0.86))
    assert result.items_needed is None
    assert "no number of items" in result.because


def test_other_metrics_need_items_by_the_square_of_the_distance() -> None:
    # The upper end is 300 away and has to come within 100: nine times the items.
    target = Target("cost_per_success_usd", maximum=1.0)
    result = judge_target(target, figure(0.9, 0.7, 1.2, 100))
    assert result.items_needed == 900


def test_no_number_of_items_is_promised_where_items_do_not_narrow_the_interval() -> None:
    slow = judge_target(AT_MOST, figure(1400, 1200, 1700))
    assert (slow.state, slow.items_needed) == ("undecided", None)
    assert "more items alone will not decide it" in slow.because
    assumed = Estimate(0.9, 0.7, 1.2, "USD", 100, Provenance.ASSUMED, "planted")
    dear = judge_target(Target("cost_per_success_usd", maximum=1.0), assumed)
    assert (dear.state, dear.items_needed) == ("undecided", None)
    assert "assumed prices" in dear.because


def test_a_segment_without_items_is_unmeasured_and_names_the_segment() -> None:
    metrics = Metrics({}, {}, {})
    (result,) = judge_targets([Target("task_success", minimum=0.6, segment="adversarial")], metrics)
    assert result.state == "unmeasured"
    assert "adversarial" in result.because


def test_a_segment_target_reads_the_segment_and_not_the_whole() -> None:
    good, bad = figure(0.9, 0.88, 0.92), figure(0.3, 0.2, 0.4)
    metrics = Metrics({"task_success": good}, {"edge": {"task_success": bad}}, {})
    overall, edge = judge_targets([AT_LEAST, Target("task_success", minimum=0.8, segment="edge")], metrics)
    assert (overall.state, edge.state) == ("meets", "misses")


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        (["meets", "meets"], "meets"),
        (["meets", "undecided"], "undecided"),
        (["undecided", "unmeasured"], "unmeasured"),
        (["unmeasured", "misses", "undecided"], "misses"),
        ([], "unmeasured"),
    ],
)
def test_one_miss_is_a_miss_and_one_doubt_is_a_doubt(states: list[str], whole: str) -> None:
    results = [TargetResult(AT_LEAST, state, Missing("x"), "") for state in states]  # type: ignore[arg-type]
    assert overall_state(results) == whole


shares = st.floats(0.01, 0.99)


@given(st.lists(shares, min_size=3, max_size=3), shares)
def test_a_stricter_minimum_never_turns_into_a_pass(ends: list[float], bound: float) -> None:
    low, value, high = sorted(ends)
    order = {"misses": 0, "undecided": 1, "meets": 2}
    loose = judge_target(Target("task_success", minimum=bound), figure(value, low, high)).state
    strict = judge_target(Target("task_success", minimum=min(1.0, bound + 0.1)), figure(value, low, high)).state
    assert order[strict] <= order[loose]
