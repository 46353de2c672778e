from __future__ import annotations

from itertools import permutations
from math import log

import numpy as np
import pytest

from rung.stats import area_intervals, best_area, risk_coverage_area, selective_risk

NOTHING_BELOW = float("-inf")


def test_the_curve_of_four_answers_is_the_one_by_hand() -> None:
    # Surest first: right, wrong, right, wrong.
    confidence, wrong = [0.6, 0.9, 0.7, 0.8], [1, 0, 0, 1]
    assert selective_risk(confidence, wrong) == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])
    assert risk_coverage_area(confidence, wrong) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_ties_count_as_the_mean_over_all_orders_of_them() -> None:
    confidence, wrong = [0.9, 0.5, 0.5, 0.5, 0.1], [1, 1, 0, 0, 1]
    by_order = []
    for order in permutations([1, 2, 3]):
        ranked = [wrong[place] for place in (0, *order, 4)]
        by_order.append(np.cumsum(ranked) / np.arange(1, 6))
    assert selective_risk(confidence, wrong) == pytest.approx(np.mean(by_order, axis=0))
    assert risk_coverage_area(confidence, wrong) == pytest.approx(np.mean(by_order))


def test_the_order_of_the_items_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    confidence, wrong = rng.integers(0, 4, 60) / 4, (rng.random(60) < 0.3).astype(float)
    shuffled = rng.permutation(60)
    assert risk_coverage_area(confidence[shuffled], wrong[shuffled]) == pytest.approx(
        risk_coverage_area(confidence, wrong)
    )


def test_equal_confidences_give_the_error_rate_at_every_coverage() -> None:
    assert selective_risk([0.5] * 4, [1, 0, 0, 0]) == pytest.approx([0.25] * 4)


def test_items_without_confidence_come_last() -> None:
    assert selective_risk([NOTHING_BELOW, 0.0, NOTHING_BELOW], [1, 0, 0]) == pytest.approx([0, 1 / 4, 1 / 3])


def test_the_best_area_is_that_of_an_order_with_every_error_last() -> None:
    wrong = np.array([0.0] * 7 + [1.0] * 3)
    assert best_area(3, 10) == pytest.approx((1 / 8 + 2 / 9 + 3 / 10) / 10)
    assert best_area(3, 10) == pytest.approx(risk_coverage_area(-np.arange(10), wrong))
    assert (best_area(0, 5), best_area(5, 5)) == (0.0, 1.0)


def test_the_best_area_nears_its_limit_for_many_items() -> None:
    """r + (1 - r) log(1 - r): the integral of max(0, 1 - (1 - r) / c) over coverages c."""
    assert best_area(30_000, 100_000) == pytest.approx(0.3 + 0.7 * log(0.7), abs=1e-4)


def test_a_resample_of_the_area_agrees_with_drawing_the_items() -> None:
    """The closed form over blocks against the definition applied to rows that are really repeated."""
    rng = np.random.default_rng(11)
    confidence, wrong = rng.integers(0, 6, 40) / 5, (rng.random(40) < 0.4).astype(float)
    area, best = area_intervals(confidence, wrong, np.arange(40), level=0.9, draws=300, rng=np.random.default_rng(5))
    again, areas, bests = np.random.default_rng(5), [], []
    for _ in range(300):
        drawn = again.integers(0, 40, 40)
        areas.append(risk_coverage_area(confidence[drawn], wrong[drawn]))
        bests.append(best_area(int(wrong[drawn].sum()), 40))
    assert (area.low, area.high) == pytest.approx(tuple(np.quantile(areas, [0.05, 0.95])))
    assert (best.low, best.high) == pytest.approx(tuple(np.quantile(bests, [0.05, 0.95])))


def test_the_interval_holds_its_level_in_simulated_samples() -> None:
    rng = np.random.default_rng(2)
    truth = rng.beta(4, 1.5, 200_000)
    area = risk_coverage_area(truth, (rng.random(truth.size) > truth).astype(float))
    missed = 0
    for _ in range(100):
        sure = rng.beta(4, 1.5, 150)
        wrong = (rng.random(150) > sure).astype(float)
        found, _ = area_intervals(sure, wrong, np.arange(150), level=0.9, draws=100, rng=rng)
        assert found.low is not None
        assert found.high is not None
        missed += not found.low <= area <= found.high
    assert missed / 100 < 0.2


def test_groups_that_agree_widen_the_interval() -> None:
    rng = np.random.default_rng(4)
    sure = np.repeat(rng.random(50), 10)
    wrong = np.repeat((rng.random(50) < 0.4).astype(float), 10)
    alone, _ = area_intervals(sure, wrong, np.arange(500), level=0.9, draws=300, rng=rng)
    grouped, _ = area_intervals(sure, wrong, np.arange(500) // 10, level=0.9, draws=300, rng=rng)
    assert alone.low is not None
    assert alone.high is not None
    assert grouped.low is not None
    assert grouped.high is not None
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    assert grouped.note == "clustered: 500 items in 50 groups"


def test_a_group_that_holds_most_items_may_be_drawn_again_and_again() -> None:
    rng = np.random.default_rng(6)
    sure, wrong = rng.random(1_000), (rng.random(1_000) < 0.4).astype(float)
    groups = np.concatenate([np.zeros(980), np.arange(1, 21)])
    area, _ = area_intervals(sure, wrong, groups, level=0.9, draws=200, rng=rng)
    assert area.low is not None
    assert area.high is not None
    assert 0 < area.low < area.mid < area.high < 1


@pytest.mark.parametrize("wrong", [[0, 0, 0], [1, 1, 1]])
def test_without_both_outcomes_no_end_is_known(wrong: list[int]) -> None:
    area, best = area_intervals([0.1, 0.2, 0.3], wrong, [0, 1, 2], level=0.9, draws=9, rng=np.random.default_rng(0))
    assert (area.mid, area.low, area.high) == (wrong[0], None, None)
    assert (best.mid, best.low, best.high) == (wrong[0], None, None)


def test_one_group_leaves_the_ends_unknown() -> None:
    area, _ = area_intervals([0.1, 0.2], [0, 1], ["g", "g"], level=0.9, draws=9, rng=np.random.default_rng(0))
    assert (area.low, area.high) == (None, None)
    assert "one group" in area.note


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(ValueError, match="one confidence per item"):
        selective_risk([0.5, float("nan")], [0, 1])
    with pytest.raises(ValueError, match="wrong must be 0 or 1"):
        selective_risk([0.5], [0.5])
    with pytest.raises(ValueError, match="errors"):
        best_area(3, 2)
