from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rung.stats import fieller

COSTS = (0.12, 0.10, 0.31, 0.05, 0.22, 0.18, 0.09, 0.40, 0.11, 0.15)
SUCCESSES = (1, 1, 0, 1, 1, 0, 1, 1, 1, 1)
ITEMS = st.lists(st.tuples(st.floats(0.01, 10), st.booleans()), min_size=3, max_size=60).filter(
    lambda items: any(success for _, success in items)
)


def test_the_worked_example_has_the_published_interval() -> None:
    interval = fieller(COSTS, SUCCESSES, level=0.95)
    assert (interval.mid, interval.low, interval.high) == pytest.approx((0.21625, 0.11291, 0.39276), abs=5e-6)


@given(ITEMS, st.sampled_from([0.8, 0.9, 0.95]))
def test_the_interval_is_the_set_of_ratios_that_a_z_test_keeps(items: list[tuple[float, bool]], level: float) -> None:
    cost, success = (np.array(column, dtype=float) for column in zip(*items, strict=True))
    interval = fieller(cost, success, level=level)
    z = stats.norm.ppf((1 + level) / 2)

    def kept(ratio: float) -> bool:
        left = cost - ratio * success
        return bool(abs(left.mean()) <= z * left.std(ddof=1) / np.sqrt(left.size))

    if interval.low is not None and interval.high is not None:
        width = interval.high - interval.low
        if width > 1e-6 * interval.mid and interval.low > 0:
            assert kept(interval.low + 1e-3 * width)
            assert not kept(interval.low - 1e-3 * width)
            assert kept(interval.high - 1e-3 * width)
            assert not kept(interval.high + 1e-3 * width)
    if interval.high is None:
        assert kept(1e6 * interval.mid)


@given(ITEMS)
def test_the_interval_contains_the_ratio_and_scales_with_the_currency(items: list[tuple[float, bool]]) -> None:
    cost, success = (np.array(column, dtype=float) for column in zip(*items, strict=True))
    interval, in_cents = fieller(cost, success, level=0.9), fieller(100 * cost, success, level=0.9)
    assert interval.mid == pytest.approx(cost.sum() / success.sum())
    assert interval.low is None or 0 <= interval.low <= interval.mid
    assert interval.high is None or interval.high >= interval.mid
    assert (interval.high is None) == (in_cents.high is None)
    if interval.high is not None:
        assert in_cents.high == pytest.approx(100 * interval.high, rel=1e-6)


def test_one_success_in_many_leaves_the_cost_unbounded() -> None:
    interval = fieller([0.1] * 20, [1] + [0] * 19, level=0.9)
    assert interval.mid == pytest.approx(2.0)
    assert interval.high is None
    assert "unbounded above: 1 successes in 20 items" in interval.note
    # Constant cost: at least 0.1 divided by the upper bound of the success rate, mean + z s / sqrt(n).
    upper_rate = 0.05 + stats.norm.ppf(0.95) * np.std([1] + [0] * 19, ddof=1) / np.sqrt(20)
    assert interval.low == pytest.approx(0.1 / upper_rate)


def test_all_successes_leave_the_t_free_interval_of_the_mean_cost() -> None:
    interval = fieller(COSTS, [1] * 10, level=0.9)
    reach = stats.norm.ppf(0.95) * stats.sem(COSTS)
    assert (interval.low, interval.high) == pytest.approx((np.mean(COSTS) - reach, np.mean(COSTS) + reach))


def test_copies_of_items_in_one_cluster_add_nothing() -> None:
    """Every item three times: the clustered interval is the one of the originals with t in place of z."""
    copied = fieller(np.repeat(COSTS, 3), np.repeat(SUCCESSES, 3), level=0.9, clusters=np.repeat(np.arange(10), 3))
    t_level = 1 - 2 * stats.norm.sf(stats.t.ppf(0.95, 9))
    originals = fieller(COSTS, SUCCESSES, level=t_level)
    assert (copied.low, copied.high) == pytest.approx((originals.low, originals.high))
    assert "30 items in 10 groups" in copied.note


def test_one_group_alone_bounds_nothing() -> None:
    interval = fieller([1.0, 2.0], [1, 1], level=0.9, clusters=["a", "a"])
    assert (interval.mid, interval.low, interval.high) == (1.5, None, None)


@pytest.mark.parametrize(
    ("costs", "successes", "words"),
    [([1.0], [0], "does not exist"), ([1.0, 2.0], [1], "same items"), ([-1.0], [1], "negative")],
)
def test_what_has_no_ratio_is_refused(costs: list[float], successes: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fieller(costs, successes, level=0.9)


def test_coverage_holds_where_failures_cost_more() -> None:
    """40 customers of 1 to 5 items; a success costs 0.1 to 0.3 and a failure 1.0 more, share 0.7."""
    rng = np.random.default_rng(8)
    true = (0.2 + 0.3 * 1.0) / 0.7
    covered, replications = 0, 200
    for _ in range(replications):
        clusters = np.repeat(np.arange(40), rng.integers(1, 6, 40))
        success = (rng.random(clusters.size) < rng.beta(1.4, 0.6, 40)[clusters]).astype(float)
        cost = rng.uniform(0.1, 0.3, clusters.size) + (1 - success)
        interval = fieller(cost, success, level=0.90, clusters=clusters)
        assert interval.low is not None
        covered += interval.low <= true and (interval.high is None or true <= interval.high)
    assert covered / replications >= 0.90 - 3 * np.sqrt(0.09 / replications)
