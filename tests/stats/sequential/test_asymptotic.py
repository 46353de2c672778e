from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats.sequential import Moments, asymptotic_sequence, normal_mixture_bound
from rung.stats.sequential.asymptotic import FEWEST

BATCHES = st.lists(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20), min_size=1, max_size=8)


@given(BATCHES)
def test_moments_of_batches_are_those_of_all_values(batches: list[list[float]]) -> None:
    moments = Moments()
    for batch in batches:
        moments = moments.update(batch)
    values = np.concatenate(batches)
    assert moments.n == values.size
    assert moments.mean == pytest.approx(values.mean(), abs=1e-9)
    assert moments.squares == pytest.approx(((values - values.mean()) ** 2).sum(), abs=1e-6)


@given(st.integers(FEWEST, 100_000), st.floats(0.5, 0.99), st.floats(10, 1e5))
def test_it_is_the_normal_mixture_at_the_variance_seen(n: int, level: float, tuned_at: float) -> None:
    interval = asymptotic_sequence(Moments(n, 3.0, 4.0 * (n - 1)), level=level, tuned_at=tuned_at)
    assert interval.high is not None
    bound = float(normal_mixture_bound(n, alpha=1 - level, tuned_at=tuned_at))
    assert interval.high - 3.0 == pytest.approx(2.0 * bound / n, rel=1e-9)


def test_it_misses_at_any_look_no_more_often_than_its_level_on_skewed_costs() -> None:
    rng = np.random.default_rng(15)
    missed = 0
    for _ in range(200):
        moments, miss = Moments(), False
        for _ in range(40):
            moments = moments.update(rng.gamma(1.0, 2.0, 50))
            interval = asymptotic_sequence(moments, level=0.9)
            miss |= interval.low is not None and not interval.low <= 2.0 <= (interval.high or 0.0)
        missed += miss
    assert missed / 200 <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 200)


def test_few_or_equal_values_bound_nothing_and_say_so() -> None:
    few = asymptotic_sequence(Moments().update(np.arange(99.0)), level=0.9)
    same = asymptotic_sequence(Moments().update(np.ones(200)), level=0.9)
    assert (few.low, few.high) == (None, None)
    assert "n=99, 100 needed" in few.note
    assert (same.low, same.high) == (None, None)
    assert "equal" in same.note


def test_levels_and_tunings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        asymptotic_sequence(Moments(), level=1.0)
    with pytest.raises(ValueError, match="tuned_at"):
        asymptotic_sequence(Moments(), level=0.9, tuned_at=0.0)
