from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rung.stats import cluster_standard_error, clustered_mean, design_effect

ITEMS = st.lists(
    st.tuples(st.floats(-100, 100).map(lambda x: round(x, 3)), st.integers(0, 5)), min_size=3, max_size=40
).filter(lambda items: len({c for _, c in items}) > 1 and np.ptp([v for v, _ in items]) > 0.01)


def test_the_published_example_has_the_published_standard_error() -> None:
    values = np.arange(20)
    error = cluster_standard_error(values, values % 4)
    assert error == pytest.approx(0.645497, abs=5e-7)
    assert error * np.sqrt(3 / 4) == pytest.approx(0.559, abs=5e-4)


@given(ITEMS)
def test_error_and_interval_agree_with_cluster_robust_regression_on_a_constant(items: list[tuple[float, int]]) -> None:
    values = np.array([value for value, _ in items])
    clusters = np.array([cluster for _, cluster in items])
    codes = np.unique(clusters, return_inverse=True)[1]
    fit = sm.OLS(values, np.ones(values.size)).fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    error = cluster_standard_error(values, clusters)
    assert error == pytest.approx(float(fit.bse[0]), rel=1e-6, abs=1e-9)
    interval = clustered_mean(values, clusters, level=0.9)
    assert [interval.low, interval.high] == pytest.approx(list(fit.conf_int(0.1)[0]), rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30).filter(lambda v: np.ptp(v) > 1e-3))
def test_items_without_company_get_the_t_interval(values: list[float]) -> None:
    interval = clustered_mean(values, range(len(values)), level=0.95)
    expected = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert design_effect(values, range(len(values))) == pytest.approx(1.0)


def test_exact_copies_make_the_design_effect_their_number() -> None:
    """Each value three times: the variance of the mean is that of the ten originals."""
    originals = np.random.default_rng(5).normal(size=10)
    effect = design_effect(np.repeat(originals, 3), np.repeat(np.arange(10), 3))
    naive = np.repeat(originals, 3).var(ddof=1) / 30
    assert effect == pytest.approx((originals.var(ddof=1) / 10) / naive)
    assert effect == pytest.approx(3.0, rel=0.1)


def test_weights_of_whole_numbers_mean_copies_in_the_same_cluster() -> None:
    values, clusters, weights = [1.0, 4.0, 2.0, 7.0], [0, 1, 1, 2], [1, 2, 3, 1]
    copied = cluster_standard_error(np.repeat(values, weights), np.repeat(clusters, weights))
    assert cluster_standard_error(values, clusters, weights=weights) == pytest.approx(copied)


def test_one_group_and_equal_values_bound_nothing_and_say_so() -> None:
    assert cluster_standard_error([1.0, 2.0], [7, 7]) is None
    assert design_effect([1.0, 2.0], [7, 7]) is None
    assert design_effect([2.0, 2.0], [1, 2]) is None
    alone = clustered_mean([1.0, 2.0], ["a", "a"], level=0.9)
    same = clustered_mean([2.0, 2.0, 2.0], [1, 2, 3], level=0.9)
    assert (alone.mid, alone.low, alone.high) == (1.5, None, None)
    assert "one group" in alone.note
    assert (same.mid, same.low, same.high) == (2.0, None, None)
    assert "equal" in same.note


@pytest.mark.parametrize("values", [[], [[1.0]], [float("nan")], [float("inf")]])
def test_values_that_are_no_sample_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="values must be"):
        clustered_mean(values, [0] * len(values), level=0.9)


def test_clusters_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one entry per item"):
        clustered_mean([1.0, 2.0], [0], level=0.9)
