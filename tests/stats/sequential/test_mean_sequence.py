from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats import Interval
from rung.stats.sequential import is_empty, mean_sequence, narrowed, place_bets, start_bets

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(SCORES, st.randoms(use_true_random=False))
def test_the_interval_holds_the_mean_and_ignores_order(values: list[float], random: object) -> None:
    interval = mean_sequence(values, level=0.9)
    assert interval.low is not None
    assert interval.high is not None
    assert 0.0 <= interval.low <= interval.mid + 1e-12
    assert interval.mid - 1e-12 <= interval.high <= 1.0
    again = mean_sequence(values[::-1], level=0.9)
    assert (again.low, again.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


@given(SCORES, st.floats(-5, 5), st.floats(0.1, 10))
def test_the_unit_of_the_values_does_not_matter(values: list[float], shift: float, scale: float) -> None:
    plain = mean_sequence(values, level=0.9)
    moved = mean_sequence(
        np.asarray(values) * scale + shift, level=0.9, least=shift - 1e-12, most=shift + scale + 1e-12
    )
    assert plain.low is not None
    assert plain.high is not None
    expected = (plain.low * scale + shift, plain.high * scale + shift)
    assert (moved.low, moved.high) == pytest.approx(expected, abs=1e-6)


@given(st.lists(st.integers(0, 1), min_size=20, max_size=200))
def test_its_ends_are_what_bets_against_them_reject(values: list[int]) -> None:
    """Just below the low end the bets win 20 to 1, just above they do not; tuned around the same mean."""
    interval = mean_sequence(values, level=0.9, around=0.5)
    assert interval.low is not None
    if interval.low > 0.01:
        fractions = start_bets(0.5).fractions
        for nudge, wins in ((-1e-6, True), (1e-6, False)):
            bets = start_bets(0.5)
            claim = interval.low + nudge
            against = place_bets(type(bets)(claim, fractions, bets.log_wealths), values)
            assert bool(against.log_evidence >= np.log(20)) is wins


def test_many_repeated_values_give_the_same_interval_as_their_counts_imply() -> None:
    """More than 2,000 values are grouped; the bets placed value by value must agree with its low end."""
    values = np.random.default_rng(2).integers(0, 5, 5000) / 4
    interval = mean_sequence(values, level=0.9)
    assert interval.low is not None
    fractions = start_bets(0.5).fractions
    bets = place_bets(type(start_bets(0.5))(interval.low, fractions, (0.0,) * 48), values)
    assert bets.log_evidence == pytest.approx(np.log(20), abs=1e-6)


def test_small_spread_narrows_the_interval() -> None:
    rng = np.random.default_rng(3)
    calm = mean_sequence(rng.uniform(0.45, 0.55, 500), level=0.9, tuned_at=30)
    wild = mean_sequence((rng.random(500) < 0.5).astype(float), level=0.9)
    assert calm.low is not None
    assert calm.high is not None
    assert wild.low is not None
    assert wild.high is not None
    assert (calm.high - calm.low) < 0.5 * (wild.high - wild.low)


def test_each_end_misses_at_any_of_many_looks_no_more_often_than_its_level() -> None:
    rng = np.random.default_rng(12)
    too_high = too_low = 0
    for _ in range(200):
        values = rng.beta(2, 1, 300)
        running: Interval | None = None
        for n in range(50, 301, 50):
            running = narrowed(running, mean_sequence(values[:n], level=0.9, around=2 / 3))
        assert running is not None
        too_high += running.low is not None and running.low > 2 / 3
        too_low += running.high is not None and running.high < 2 / 3
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert too_high / 200 <= allowed
    assert too_low / 200 <= allowed


def test_values_that_jump_leave_an_empty_interval() -> None:
    early = mean_sequence(np.zeros(300), level=0.9)
    late = mean_sequence(np.r_[np.zeros(300), np.ones(1500)], level=0.9)
    assert not is_empty(early)
    assert is_empty(narrowed(early, late))


def test_an_unbounded_end_is_neither_narrowed_nor_empty() -> None:
    unknown = Interval(0.5, None, None)
    assert narrowed(unknown, Interval(0.4, 0.2, None)) == Interval(0.4, 0.2, None)
    assert not is_empty(narrowed(None, unknown))


def test_values_outside_their_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="between least and most"):
        mean_sequence([1.5], level=0.9)
    with pytest.raises(ValueError, match="below most"):
        mean_sequence([1.0], level=0.9, least=1.0)
    with pytest.raises(ValueError, match="around"):
        mean_sequence([0.5], level=0.9, around=2.0)
