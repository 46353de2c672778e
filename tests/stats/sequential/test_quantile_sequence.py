from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rung.stats import quantile_interval
from rung.stats.sequential import log_beta_binomial, quantile_sequence, tuned_beta
from rung.stats.sequential.quantile_sequence import sequence_ranks, values_to_bound_always


@given(st.integers(1, 400), st.sampled_from([0.1, 0.5, 0.95]), st.sampled_from([0.8, 0.9]))
def test_ranks_are_the_ends_of_the_counts_that_the_mixture_does_not_reject(
    n: int, probability: float, level: float
) -> None:
    """By trying every count, on both sides."""
    lower, upper = sequence_ranks(n, probability, level=level, tuned_at=500)
    threshold = np.log(2 / (1 - level))

    def rejected(share: float) -> list[int]:
        prior = tuned_beta(share, tuned_at=500, alpha=0.05, one_sided=True)
        return [k for k in range(n + 1) if log_beta_binomial(k, n - k, share, prior, one_sided=True) >= threshold]

    too_many_below, too_many_above = rejected(probability), rejected(1 - probability)
    # A quantile at or above the upper-th value would have at least upper - 1 values below it, and no fewer proves it.
    assert upper == (too_many_below[0] if too_many_below else None)
    assert lower == (n - too_many_above[0] + 1 if too_many_above else None)


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=300), st.sampled_from([0.5, 0.95]))
def test_it_is_wider_than_the_interval_for_one_look_only(values: list[float], probability: float) -> None:
    always = quantile_sequence(values, probability, level=0.9)
    once = quantile_interval(values, probability, level=0.9)
    assert always.mid == once.mid
    assert always.low is None or (once.low is not None and always.low <= once.low)
    assert always.high is None or (once.high is not None and always.high >= once.high)


def test_the_number_needed_is_the_first_that_bounds() -> None:
    needed = values_to_bound_always(0.95, level=0.9, tuned_at=1000)
    assert sequence_ranks(needed, 0.95, level=0.9, tuned_at=1000)[1] is not None
    assert sequence_ranks(needed - 1, 0.95, level=0.9, tuned_at=1000)[1] is None
    assert needed > 59
    short = quantile_sequence(np.arange(needed - 1.0), 0.95, level=0.9)
    assert short.high is None
    assert f"{needed} needed" in short.note


@pytest.mark.parametrize("rounded", [False, True])
def test_each_end_misses_at_any_look_no_more_often_than_its_level(rounded: bool) -> None:
    """Log-normal times, as they are and rounded to halves, where many values tie with the quantile."""
    rng = np.random.default_rng(14)
    true = float(np.exp(stats.norm.ppf(0.95)))
    true = np.ceil(true * 2) / 2 if rounded else true
    looks = np.arange(100, 2001, 100)
    ranks = {int(n): sequence_ranks(int(n), 0.95, level=0.9, tuned_at=1000) for n in looks}
    too_high = too_low = 0
    for _ in range(200):
        times = np.exp(rng.normal(size=2000))
        times = np.ceil(times * 2) / 2 if rounded else times
        high_miss = low_miss = False
        for n, (lower, upper) in ranks.items():
            ordered = np.sort(times[:n])
            high_miss |= lower is not None and ordered[lower - 1] > true
            low_miss |= upper is not None and ordered[upper - 1] < true
        too_high += high_miss
        too_low += low_miss
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert too_high / 200 <= allowed
    assert too_low / 200 <= allowed


@pytest.mark.parametrize("probability", [0.0, 1.0, 95.0])
def test_a_probability_outside_zero_and_one_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        quantile_sequence([1.0], probability, level=0.9)
