from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rung.stats import effective_items, quantile_interval, quantile_ranks
from rung.stats.quantile import ranks, values_to_bound

VALUES = st.lists(st.floats(0, 1e4), min_size=1, max_size=200)


def test_a_thousand_values_use_the_published_ranks() -> None:
    assert ranks(1000, 0.95, level=0.95) == (936, 964)
    interval = quantile_interval(np.arange(1, 1001), 0.95, level=0.95)
    assert (interval.low, interval.high) == (936, 964)


def test_fifty_nine_values_bound_a_p95_from_above_and_fifty_eight_do_not() -> None:
    values = np.random.default_rng(1).permutation(np.arange(1.0, 60.0))
    enough = quantile_interval(values, 0.95, level=0.90)
    too_few = quantile_interval(values[values != 30.0], 0.95, level=0.90)
    assert enough.high == 59.0
    assert enough.note == ""
    assert too_few.high is None
    assert too_few.low is not None
    assert "n=58, 59 needed" in too_few.note


def test_the_point_interpolates_linearly() -> None:
    """Type 7: position 1 + (n - 1) p, here 1 + 3 x 0.95 = 3.85."""
    assert quantile_interval([40.0, 10.0, 20.0, 30.0], 0.95, level=0.9).mid == pytest.approx(38.5)


@given(st.integers(1, 300), st.sampled_from([0.05, 0.5, 0.9, 0.95]), st.sampled_from([0.8, 0.9, 0.95]))
def test_ranks_are_the_tightest_that_keep_each_tail(n: int, probability: float, level: float) -> None:
    lower, upper = ranks(n, probability, level=level)
    tail = (1 - level) / 2
    below = stats.binom(n, probability)  # how many of n values lie below the quantile
    if lower is not None:
        assert below.cdf(lower - 1) <= tail + 1e-12
    assert below.cdf(lower or 0) > tail - 1e-12
    if upper is not None:
        assert below.sf(upper - 1) <= tail + 1e-12
        assert upper == 1 or below.sf(upper - 2) > tail - 1e-12
    else:
        assert below.sf(n - 1) > tail


@pytest.mark.parametrize(("probability", "level"), [(0.95, 0.9), (0.99, 0.9), (0.5, 0.95)])
def test_the_number_needed_is_the_first_that_bounds(probability: float, level: float) -> None:
    needed = values_to_bound(probability, level=level)
    assert ranks(needed, probability, level=level)[1] is not None
    assert ranks(needed - 1, probability, level=level)[1] is None


@given(VALUES, st.sampled_from([0.5, 0.95]))
def test_the_interval_contains_the_point_and_ignores_order(values: list[float], probability: float) -> None:
    interval = quantile_interval(values, probability, level=0.9)
    assert interval.low is None or interval.low <= interval.mid
    assert interval.high is None or interval.high >= interval.mid
    assert quantile_interval(values[::-1], probability, level=0.9) == interval


@given(VALUES)
def test_items_without_company_change_nothing(values: list[float]) -> None:
    alone = quantile_interval(values, 0.95, level=0.9, clusters=range(len(values)))
    assert alone == quantile_interval(values, 0.95, level=0.9)


def test_asking_the_same_items_again_does_not_bound_the_p95() -> None:
    """Thirty slow or fast items asked four times each are 120 requests, but thirty pieces of evidence."""
    own = np.random.default_rng(3).lognormal(size=30)
    repeated = quantile_interval(np.repeat(own, 4), 0.95, level=0.9, clusters=np.repeat(np.arange(30), 4))
    assert repeated.high is None
    assert "120 values in 30 groups" in repeated.note
    assert quantile_interval(np.repeat(own, 4), 0.95, level=0.9).high is not None


def test_few_groups_cost_items_as_students_t_widens_an_interval() -> None:
    """In ten groups of 30, (z / t)^2 = (1.644854 / 1.833113)^2 of the effective items remain."""
    values, clusters = np.arange(300.0), np.arange(300) % 10
    effective = effective_items(values <= np.quantile(values, 0.95), clusters)
    assert effective is not None
    interval = quantile_interval(values, 0.95, level=0.9, clusters=clusters)
    assert f"count as {int(effective * (1.644854 / 1.833113) ** 2)}" in interval.note


def test_one_group_alone_bounds_nothing() -> None:
    interval = quantile_interval(np.arange(100.0), 0.95, level=0.9, clusters=["a"] * 100)
    assert (interval.low, interval.high) == (None, None)
    assert "one group" in interval.note


@pytest.mark.parametrize("probability", [0.0, 1.0, 95.0])
def test_a_probability_outside_zero_and_one_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        quantile_interval([1.0], probability, level=0.9)


@pytest.mark.parametrize("correlation", [0.0, 0.7])
def test_each_end_misses_no_more_often_than_its_level_allows(correlation: float) -> None:
    """100 customers with 1 to 5 requests, log-normal times whose logarithms share a part within a customer."""
    rng = np.random.default_rng(11)
    true = float(np.exp(stats.norm.ppf(0.95)))
    too_high = too_low = 0
    replications = 300
    for _ in range(replications):
        clusters = np.repeat(np.arange(100), rng.integers(1, 6, 100))
        shared = rng.normal(size=100)[clusters] * np.sqrt(correlation)
        times = np.exp(shared + rng.normal(size=clusters.size) * np.sqrt(1 - correlation))
        interval = quantile_interval(times, 0.95, level=0.90, clusters=clusters)
        too_high += interval.low is not None and interval.low > true
        too_low += interval.high is not None and interval.high < true
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / replications)
    assert too_high / replications <= allowed
    assert too_low / replications <= allowed


def test_ten_million_values_get_the_ranks_of_the_normal_limit_at_once() -> None:
    """n p ± z sqrt(n p (1 - p)), to the skewness correction of at most a few ranks."""
    low, high, note = quantile_ranks(10_000_000, 0.95, level=0.9)
    reach = 1.644854 * np.sqrt(10_000_000 * 0.95 * 0.05)
    assert low == pytest.approx(9_500_000 - reach, abs=3)
    assert high == pytest.approx(9_500_000 + reach, abs=3)
    assert note == ""


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 9)), min_size=1, max_size=150))
def test_ranks_point_at_the_ends_of_the_interval(items: list[tuple[float, int]]) -> None:
    values, clusters = (np.array(column) for column in zip(*items, strict=True))
    interval = quantile_interval(values, 0.5, level=0.9, clusters=clusters)
    low, high, note = quantile_ranks(
        values.size,
        0.5,
        level=0.9,
        effective=effective_items(values <= interval.mid, clusters),
        clusters=np.unique(clusters).size,
    )
    ordered = np.sort(values)
    assert interval.low == (None if low is None else min(interval.mid, ordered[low - 1]))
    assert interval.high == (None if high is None else max(interval.mid, ordered[high - 1]))
    assert interval.note == note


def test_values_in_clusters_need_their_effective_number() -> None:
    with pytest.raises(ValueError, match="effective number"):
        quantile_ranks(100, 0.95, level=0.9, clusters=20)
