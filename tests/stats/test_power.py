from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import normal_power
from statsmodels.stats.proportion import proportion_confint

from rung.stats import (
    connor_items,
    items_behind,
    items_to_decide,
    mcnemar_mid_p,
    mean_difference_items,
    planned_design_effect,
)
from rung.stats.critical import normal_critical
from rung.stats.proportion import wilson_ends

SHARES = st.floats(0.01, 0.99)


def clears(rate: float, bound: float, n: float, level: float) -> bool:
    low, high = wilson_ends(rate, n, normal_critical(level))
    return low > bound if rate > bound else high < bound


def test_the_planning_example_of_the_method_is_reproduced() -> None:
    """At 90 items and .85 observed the one-sided bound stays at .77; at 200 it just clears .80."""
    needed = items_to_decide(0.85, 0.80, level=0.90)
    assert needed is not None
    assert 90 < needed <= 200
    assert proportion_confint(0.85 * 90, 90, alpha=0.1, method="wilson")[0] == pytest.approx(0.777, abs=5e-3)
    assert proportion_confint(170, 200, alpha=0.1, method="wilson")[0] == pytest.approx(0.804, abs=1e-3)


@given(SHARES, SHARES, st.sampled_from([0.8, 0.9, 0.95]))
def test_the_number_named_clears_the_bound_and_one_fewer_does_not(rate: float, bound: float, level: float) -> None:
    needed = items_to_decide(rate, bound, level=level)
    if needed is None:
        assert not clears(rate, bound, 100_000 * (1 - 1e-9), level) or rate == bound
        return
    assert clears(rate, bound, needed * (1 + 1e-9), level)
    assert needed == 1 or not clears(rate, bound, (needed - 1) * (1 - 1e-9), level)


@given(SHARES, SHARES)
def test_clustered_items_are_worth_less_by_the_design_effect(rate: float, bound: float) -> None:
    alone = items_to_decide(rate, bound, level=0.9)
    clustered = items_to_decide(rate, bound, level=0.9, design_effect=2.0)
    if alone is not None and clustered is not None:
        assert 2 * (alone - 1) <= clustered <= 2 * alone


def test_equality_and_hair_breadths_have_no_number() -> None:
    assert items_to_decide(0.8, 0.8, level=0.9) is None
    assert items_to_decide(0.8001, 0.8, level=0.9) is None
    assert items_to_decide(1.0, 0.8, level=0.9) == 11  # 0.8 < 1 / (1 + 2.7055 / n) from n = 10.8 on


@given(SHARES, st.floats(2, 5000), st.sampled_from([0.8, 0.9, 0.95]))
def test_the_items_behind_an_interval_are_found_again(share: float, n: float, level: float) -> None:
    low, high = wilson_ends(share, n, normal_critical(level))
    assert items_behind(share, low, high, level=level) == pytest.approx(n, rel=1e-4)
    assert items_behind(share, None, high, level=level) == pytest.approx(n, rel=1e-4)


def test_an_interval_without_ends_has_nothing_behind_it() -> None:
    assert items_behind(0.5, None, None, level=0.9) is None
    assert items_behind(1.0, None, 1.0, level=0.9) is None
    assert items_behind(1.0, 10 / (10 + normal_critical(0.9) ** 2), 1.0, level=0.9) == pytest.approx(10)


def test_published_sample_sizes() -> None:
    assert mean_difference_items(0.03, variance_of_differences=1 / 9, alpha=0.05, power=0.8) == 969
    assert connor_items(0.05, 0.45, alpha=0.05, power=0.8) == 23  # 22.01 before rounding up


@given(st.floats(0.01, 0.45), st.floats(0.01, 0.45), st.sampled_from([0.8, 0.9]))
def test_connors_number_solves_his_equation(p10: float, p01: float, power: float) -> None:
    if abs(p10 - p01) < 1e-3:
        return
    n = connor_items(p10, p01, alpha=0.05, power=power)
    difference, discordant = abs(p10 - p01), p10 + p01

    def reached(items: float) -> float:
        z = (difference * np.sqrt(items) - NormalDist().inv_cdf(0.975) * np.sqrt(discordant)) / np.sqrt(
            discordant - difference**2
        )
        return NormalDist().cdf(float(z))

    assert reached(n) >= power - 1e-6
    assert n == 1 or reached(n - 1) < power + 1e-6


def test_connors_number_finds_the_difference_about_as_often_as_promised() -> None:
    n = connor_items(0.15, 0.05, alpha=0.05, power=0.8)
    rng = np.random.default_rng(9)
    counts = rng.multinomial(n, [0.15, 0.05, 0.80], size=1000)
    found = np.mean([mcnemar_mid_p(int(b), int(c)) <= 0.05 for b, c, _ in counts])
    assert found == pytest.approx(0.8, abs=0.05)


@given(st.floats(0.05, 1), st.floats(0.1, 2))
def test_mean_differences_agree_with_statsmodels_and_repeats_remove_noise(difference: float, spread: float) -> None:
    ours = mean_difference_items(difference, variance_of_differences=spread**2, alpha=0.05, power=0.8)
    assert normal_power(difference / spread, ours, 0.05) >= 0.8 - 1e-9
    # The formula leaves out the far tail, which matters only when a handful of items is enough.
    assert ours <= 4 or normal_power(difference / spread, ours - 1, 0.05) < 0.8 + 1e-3
    noisy = [
        mean_difference_items(
            difference, variance_of_differences=spread**2, alpha=0.05, power=0.8, noise_first=1.0, samples_first=k
        )
        for k in (1, 10, 1000)
    ]
    assert noisy[0] >= noisy[1] >= noisy[2] >= ours


@pytest.mark.parametrize(("rate", "bound"), [(-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_what_is_no_share_is_refused(rate: float, bound: float) -> None:
    with pytest.raises(ValueError, match="shares"):
        items_to_decide(rate, bound, level=0.9)


def test_no_difference_to_find_is_refused() -> None:
    with pytest.raises(ValueError, match="different shares"):
        connor_items(0.2, 0.2, alpha=0.05, power=0.8)
    with pytest.raises(ValueError, match="zero"):
        mean_difference_items(0.0, variance_of_differences=1.0, alpha=0.05, power=0.8)
    with pytest.raises(ValueError, match="alpha and power"):
        connor_items(0.2, 0.1, alpha=0.05, power=1.0)


@given(st.integers(2, 8), st.floats(0.0, 0.9))
def test_the_planned_design_effect_is_that_of_equicorrelated_items(size: int, correlation: float) -> None:
    """The variance of the mean of m items with this correlation matrix, over that of m independent ones."""
    matrix = np.full((size, size), correlation) + (1 - correlation) * np.eye(size)
    assert planned_design_effect(size, correlation) == pytest.approx(matrix.sum() / size)
    assert planned_design_effect(1, correlation) == 1.0


@pytest.mark.parametrize(("size", "correlation"), [(0.5, 0.1), (4, 1.1), (4, -0.5), (4, float("nan"))])
def test_clusters_that_cannot_be_are_refused(size: float, correlation: float) -> None:
    with pytest.raises(ValueError, match="clusters of at least 1"):
        planned_design_effect(size, correlation)


def test_clustered_items_asked_several_times_find_the_difference_as_often_as_promised() -> None:
    """Clusters of 4 with a shared part of 0.3, two noisy answers of the first and three of the second per item."""
    effect = planned_design_effect(4, 0.3)
    n = mean_difference_items(
        0.2,
        variance_of_differences=1.0,
        noise_first=0.6,
        noise_second=0.9,
        samples_first=2,
        samples_second=3,
        alpha=0.05,
        power=0.8,
        design_effect=effect,
    )
    rng = np.random.default_rng(5)
    groups, found, replications = n // 4, 0, 1000
    # The noise is shared in the same measure, as Miller's formula multiplies the whole variance.
    variance = 1.0 + 0.6 / 2 + 0.9 / 3
    for _ in range(replications):
        shared = rng.normal(size=(groups, 1)) * np.sqrt(0.3 * variance)
        means = (0.2 + shared + rng.normal(size=(groups, 4)) * np.sqrt(0.7 * variance)).mean(axis=1)
        found += abs(means.mean()) > 1.959964 * means.std(ddof=1) / np.sqrt(groups)
    assert found / replications == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / replications))
