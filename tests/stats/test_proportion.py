from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from rung.stats import Interval, clopper_pearson, clustered_wilson, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.floats(0.5, 0.99)
CLUSTERED = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40).filter(
    lambda items: len({cluster for _, cluster in items}) > 1
)


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("successes", "n", "score", "exact"),
    [  # Newcombe 1998, table I, methods 3 and 5
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_both_intervals_give_newcombes_published_values(
    successes: int, n: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    assert ends(wilson(successes, n, level=0.95)) == pytest.approx(score, abs=5.1e-5)
    assert ends(clopper_pearson(successes, n, level=0.95)) == pytest.approx(exact, abs=5.1e-5)


def test_wilson_of_19_in_38_gives_the_published_value() -> None:
    assert ends(wilson(19, 38, level=0.95)) == pytest.approx((0.3484993, 0.6515007), abs=5e-8)


@given(COUNTS, LEVELS)
def test_intervals_agree_with_statsmodels(count: tuple[int, int], level: float) -> None:
    successes, n = count
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "beta")):
        theirs = proportion_confint(successes, n, alpha=1 - level, method=method)
        assert ends(ours(successes, n, level=level)) == pytest.approx(theirs, abs=1e-9)


@given(COUNTS, LEVELS)
def test_wilson_contains_the_share_and_mirrors_failures(count: tuple[int, int], level: float) -> None:
    successes, n = count
    low, high = ends(wilson(successes, n, level=level))
    mirrored_low, mirrored_high = ends(wilson(n - successes, n, level=level))
    assert 0.0 <= low <= successes / n <= high <= 1.0
    assert (1 - mirrored_high, 1 - mirrored_low) == pytest.approx((low, high), abs=1e-12)


@given(COUNTS, st.floats(0.5, 0.9), st.floats(0.01, 0.09))
def test_wilson_widens_with_the_level(count: tuple[int, int], level: float, more: float) -> None:
    low, high = ends(wilson(*count, level=level))
    wider_low, wider_high = ends(wilson(*count, level=level + more))
    assert wider_low <= low
    assert high <= wider_high


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, n, level=0.9)


@given(st.lists(st.booleans(), min_size=1, max_size=60), LEVELS)
def test_items_without_company_get_wilsons_interval_itself(outcomes: list[bool], level: float) -> None:
    clustered = clustered_wilson(outcomes, np.arange(len(outcomes)), level=level)
    assert ends(clustered) == pytest.approx(ends(wilson(sum(outcomes), len(outcomes), level=level)), abs=1e-12)
    assert clustered.note == ""


@given(CLUSTERED, LEVELS)
def test_clustering_never_narrows_the_interval(items: list[tuple[bool, int]], level: float) -> None:
    outcomes = [outcome for outcome, _ in items]
    low, high = ends(clustered_wilson(outcomes, [cluster for _, cluster in items], level=level))
    plain_low, plain_high = ends(wilson(sum(outcomes), len(outcomes), level=level))
    assert low <= plain_low + 1e-12
    assert high >= plain_high - 1e-12


@given(CLUSTERED)
def test_order_and_names_of_clusters_do_not_matter(items: list[tuple[bool, int]]) -> None:
    outcomes = np.array([outcome for outcome, _ in items], dtype=float)
    clusters = np.array([cluster for _, cluster in items])
    order = np.random.default_rng(len(items)).permutation(len(items))
    names = [f"customer {cluster}" for cluster in clusters[order]]
    assert ends(clustered_wilson(outcomes[order], names, level=0.9)) == pytest.approx(
        ends(clustered_wilson(outcomes, clusters, level=0.9)), abs=1e-12
    )


@given(CLUSTERED)
def test_swapping_success_and_failure_mirrors_the_clustered_interval(items: list[tuple[bool, int]]) -> None:
    outcomes = np.array([outcome for outcome, _ in items], dtype=float)
    if outcomes.mean() == 0.5 and False in outcomes:
        return  # with a tie the "most common outcome" is the same one both times
    clusters = [cluster for _, cluster in items]
    low, high = ends(clustered_wilson(outcomes, clusters, level=0.9))
    mirrored_low, mirrored_high = ends(clustered_wilson(1 - outcomes, clusters, level=0.9))
    assert (1 - mirrored_high, 1 - mirrored_low) == pytest.approx((low, high), abs=1e-12)


def test_items_that_repeat_each_other_count_once_when_all_succeed() -> None:
    """Ten clusters of four agreeing items know no more than ten items, and t with 9 degrees stands in for z."""
    clustered = clustered_wilson(np.ones(40), np.repeat(np.arange(10), 4), level=0.90)
    t_nine = 1.833113  # tables of Student's t, one-sided 95 %
    assert clustered.low == pytest.approx(10 / (10 + t_nine**2), abs=1e-6)
    assert clustered.high == 1.0
    assert "40 items in 10 groups count as 10" in clustered.note


def test_one_group_alone_bounds_nothing() -> None:
    clustered = clustered_wilson([1, 0, 1], ["a", "a", "a"], level=0.9)
    assert (clustered.low, clustered.high) == (None, None)
    assert "one group" in clustered.note


def test_a_weight_of_zero_counts_for_nothing() -> None:
    weighted = clustered_wilson([1, 0, 1, 0], [0, 1, 2, 3], level=0.9, weights=[1, 1, 0, 0])
    assert weighted.mid == 0.5
    low, high = ends(weighted)
    plain_low, plain_high = ends(wilson(1, 2, level=0.9))
    assert low <= plain_low + 1e-12
    assert high >= plain_high - 1e-12


def test_outcomes_other_than_zero_and_one_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        clustered_wilson([0.5, 1.0], [0, 1], level=0.9)


@pytest.mark.parametrize(("share", "correlation"), [(0.5, 0.5), (0.8, 0.0), (0.8, 0.5), (0.93, 0.5), (0.93, 0.9)])
def test_each_end_misses_about_as_often_as_its_level_allows(
    clustered_outcomes: Callable[..., NDArray[np.float64]], share: float, correlation: float
) -> None:
    """30 customers with 1 to 12 items each; one-sided 5 %, three standard errors of 400 replications allowed."""
    rng = np.random.default_rng(20_26)
    too_high = too_low = naive_misses = 0
    replications = 400
    for _ in range(replications):
        sizes = 1 + rng.geometric(0.4, 30) - 1 + 8 * (rng.random(30) < 0.1)
        clusters = np.repeat(np.arange(30), sizes)
        outcomes = clustered_outcomes(rng, clusters, share, correlation)
        low, high = ends(clustered_wilson(outcomes, clusters, level=0.90))
        too_high += low > share
        too_low += high < share
        naive_low, naive_high = ends(wilson(int(outcomes.sum()), outcomes.size, level=0.90))
        naive_misses += not naive_low <= share <= naive_high
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / replications)
    assert too_high / replications <= allowed
    assert too_low / replications <= allowed
    if correlation >= 0.5:  # the simulation can tell: ignoring the groups fails it
        assert naive_misses / replications > 0.2
