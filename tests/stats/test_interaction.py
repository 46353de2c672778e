from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from rung.stats import Interval, interaction, mcnemar_mid_p, tango

ITEMS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.booleans()), min_size=2, max_size=80).filter(
    lambda items: 0 < sum(inside for _, _, inside in items) < len(items)
)


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def test_significant_here_and_not_there_is_no_difference_between_here_and_there() -> None:
    """Both gain 10 points: 400 items show it and 40 do not, and nothing says that the two differ."""
    first = [1] * 60 + [0] * 20 + [1] * 320 + [1] * 6 + [0] * 2 + [1] * 32
    second = [0] * 60 + [1] * 20 + [1] * 320 + [0] * 6 + [1] * 2 + [1] * 32
    large = np.arange(440) < 400
    assert mcnemar_mid_p(60, 20) < 0.001
    assert mcnemar_mid_p(6, 2) > 0.1
    interval = interaction(first, second, large, np.arange(440), level=0.9)
    low, high = ends(interval)
    assert interval.mid == pytest.approx(0.0)
    assert low < -0.05
    assert high > 0.05


@given(ITEMS)
def test_outcomes_combine_both_sides_tango_intervals_by_their_squares(items: list[tuple[int, int, bool]]) -> None:
    first, second, inside = (np.array(column) for column in zip(*items, strict=True))
    sides = []
    for side in (inside, ~inside):
        b, c = int(((first > second) & side).sum()), int(((first < second) & side).sum())
        sides.append(tango(b, c, int(side.sum()), level=0.9))
    (here_low, here_high), (rest_low, rest_high) = ends(sides[0]), ends(sides[1])
    here, rest = sides[0].mid, sides[1].mid
    interval = interaction(first, second, inside, np.arange(first.size), level=0.9)
    assert interval.mid == pytest.approx(here - rest)
    assert interval.low == pytest.approx(here - rest - np.hypot(here - here_low, rest_high - rest))
    assert interval.high == pytest.approx(here - rest + np.hypot(here_high - here, rest - rest_low))
    turned = interaction(first, second, ~inside, np.arange(first.size), level=0.9)
    assert ends(turned) == pytest.approx((-ends(interval)[1], -ends(interval)[0]))


@pytest.mark.parametrize("spanning", [False, True])
def test_many_scores_agree_with_cluster_robust_regression_on_the_segment(spanning: bool) -> None:
    """300 clusters of four; where they span, the shared part cancels and the interval must be narrower for it."""
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(300), 4)
    inside = np.arange(1200) % 2 == 0 if spanning else clusters < 120
    differences = 0.3 * inside + 2.0 * rng.normal(size=300)[clusters] + rng.normal(size=1200)
    fit = sm.OLS(differences, sm.add_constant(inside.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True
    )
    interval = interaction(differences, np.zeros(1200), inside, clusters, level=0.9)
    low, high = fit.conf_int(0.1)[1]
    assert interval.mid == pytest.approx(fit.params[1])
    assert ends(interval) == pytest.approx((low, high), abs=0.02 * (high - low))


def test_a_side_without_an_interval_leaves_none_and_is_named() -> None:
    interval = interaction([1, 0, 1, 1], [0, 0, 1, 0], [True, True, False, False], ["a", "a", "b", "c"], level=0.9)
    assert (interval.mid, interval.low, interval.high) == (0.0, None, None)
    assert "segment: all items belong to one group" in interval.note


@pytest.mark.parametrize("inside", [[True, True], [False, False]])
def test_a_segment_needs_a_rest(inside: list[bool]) -> None:
    with pytest.raises(ValueError, match="outside of it"):
        interaction([1, 0], [0, 0], inside, [0, 1], level=0.9)


def test_columns_of_different_items_are_refused() -> None:
    with pytest.raises(ValueError, match="same items"):
        interaction([1, 0], [0, 0], [True, False, True], [0, 1], level=0.9)
