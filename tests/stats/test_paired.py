from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm

from rung.stats import Interval, clustered_mean, paired_difference, tango

TABLES = st.tuples(st.integers(0, 25), st.integers(0, 25), st.integers(0, 50)).filter(lambda table: sum(table) > 0)


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def test_the_published_example_has_the_published_interval() -> None:
    interval = tango(1, 7, 21, level=0.95)
    assert (interval.mid, *ends(interval)) == pytest.approx((-0.2857, -0.5172, -0.0260), abs=5e-5)


@pytest.mark.parametrize(("b", "c", "n"), [(9, 3, 40), (2, 1, 10), (30, 22, 150), (5, 0, 60), (0, 4, 9)])
def test_ends_are_where_the_score_statistic_of_the_numerical_likelihood_crosses_z(b: int, c: int, n: int) -> None:
    def statistic(difference: float) -> float:
        """The likelihood is maximised by search, not by Tango's closed form."""

        def deviance(q: float) -> float:
            p = [(b, q + difference), (c, q), (n - b - c, 1 - 2 * q - difference)]
            return -float(sum(count * np.log(max(share, 1e-300)) for count, share in p if count))

        span = (max(0.0, -difference), (1 - difference) / 2)
        q = minimize_scalar(deviance, bounds=span, method="bounded", options={"xatol": 1e-12}).x
        return float((b - c - n * difference) / np.sqrt(n * (2 * q + difference - difference**2)))

    z, mid = norm.ppf(0.95), (b - c) / n
    expected = (
        brentq(lambda d: statistic(d) - z, -0.999, mid - 1e-9),
        brentq(lambda d: statistic(d) + z, mid + 1e-9, 0.999),
    )
    assert ends(tango(b, c, n, level=0.90)) == pytest.approx(expected, abs=2e-5)


def test_no_difference_on_any_item_still_leaves_room_for_one() -> None:
    """b = c = 0: the score equation reduces to |d| = z^2 / (n + z^2)."""
    z_square = norm.ppf(0.95) ** 2
    assert ends(tango(0, 0, 50, level=0.9)) == pytest.approx((-z_square / (50 + z_square), z_square / (50 + z_square)))


@given(TABLES, st.floats(0.5, 0.98))
def test_tango_contains_the_difference_and_mirrors_when_the_two_swap(table: tuple[int, int, int], level: float) -> None:
    b, c, rest = table
    low, high = ends(tango(b, c, b + c + rest, level=level))
    swapped_low, swapped_high = ends(tango(c, b, b + c + rest, level=level))
    assert -1 <= low <= (b - c) / (b + c + rest) <= high <= 1
    assert (-swapped_high, -swapped_low) == pytest.approx((low, high), abs=1e-9)
    wider_low, wider_high = ends(tango(b, c, b + c + rest, level=level + 0.01))
    assert wider_low <= low + 1e-9
    assert high <= wider_high + 1e-9


@pytest.mark.parametrize(("b", "c", "n"), [(-1, 0, 5), (3, 3, 5), (0, 0, 0)])
def test_impossible_counts_are_refused(b: int, c: int, n: int) -> None:
    with pytest.raises(ValueError, match="need b, c"):
        tango(b, c, n, level=0.9)


def test_single_items_get_tangos_interval_and_the_note_says_so() -> None:
    first = np.array([1] * 7 + [0] * 1 + [1] * 13)
    second = np.array([0] * 7 + [1] * 1 + [1] * 13)
    interval = paired_difference(second, first, np.arange(21), level=0.95)
    assert ends(interval) == pytest.approx(ends(tango(1, 7, 21, level=0.95)))
    assert interval.note == "Tango's score interval"


def test_copies_of_items_in_one_cluster_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 2, 40), rng.integers(0, 2, 40)
    alone = ends(paired_difference(first, second, np.arange(40), level=0.9))
    copied = paired_difference(np.repeat(first, 4), np.repeat(second, 4), np.repeat(np.arange(40), 4), level=0.9)
    low, high = ends(copied)
    assert "160 items in 40 groups" in copied.note
    assert low == pytest.approx(alone[0], abs=0.02)
    assert high == pytest.approx(alone[1], abs=0.02)


def test_agreement_everywhere_counts_groups_not_items() -> None:
    """Nothing differs in 8 groups of 5: Tango's interval for 8 items, with t for 7 degrees in place of z."""
    interval = paired_difference(np.ones(40), np.ones(40), np.repeat(np.arange(8), 5), level=0.9)
    square = 1.894579**2  # tables of Student's t
    assert ends(interval) == pytest.approx((-square / (8 + square), square / (8 + square)), abs=1e-5)


def test_scores_get_the_clustered_t_interval_of_their_differences() -> None:
    rng = np.random.default_rng(4)
    first, second, clusters = rng.random(30), rng.random(30), np.arange(30) % 7
    assert paired_difference(first, second, clusters, level=0.9) == clustered_mean(first - second, clusters, level=0.9)


def test_one_group_alone_bounds_nothing() -> None:
    interval = paired_difference([1, 0], [0, 0], ["a", "a"], level=0.9)
    assert (interval.mid, interval.low, interval.high) == (0.5, None, None)


def test_outcomes_of_different_items_are_refused() -> None:
    with pytest.raises(ValueError, match="same items"):
        paired_difference([1, 0], [1], [0, 1], level=0.9)


@pytest.mark.parametrize(("gain", "correlation"), [(0.0, 0.0), (0.0, 0.6), (0.12, 0.6)])
def test_coverage_holds_for_paired_outcomes_in_groups(
    clustered_outcomes: Callable[..., NDArray[np.float64]], gain: float, correlation: float
) -> None:
    """Of 40 groups with 1 to 6 items, the challenger redoes all the items of some groups with another share."""
    rng = np.random.default_rng(77)
    too_high = too_low = 0
    replications = 300
    for _ in range(replications):
        clusters = np.repeat(np.arange(40), rng.integers(1, 7, 40))
        baseline = clustered_outcomes(rng, clusters, 0.7, correlation)
        redone = clustered_outcomes(rng, clusters, 0.7 + 2 * gain, correlation)
        challenger = np.where((rng.random(40) < 0.5)[clusters], redone, baseline)
        low, high = ends(paired_difference(challenger, baseline, clusters, level=0.90))
        too_high += low > gain
        too_low += high < gain
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / replications)
    assert too_high / replications <= allowed
    assert too_low / replications <= allowed
