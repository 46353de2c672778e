from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats.sequential import Block, mean_sequence, place_bets, propensity_difference, start_bets

SHARES = st.floats(0.02, 0.98)


@given(st.floats(0, 1), st.floats(0, 1), SHARES, st.floats(0, 1))
def test_the_mean_over_both_arms_is_the_difference_and_stays_within_its_ends(
    current: float, candidate: float, propensity: float, centre: float
) -> None:
    weighted = propensity_difference([candidate, current], [1, 0], propensity, centre=centre)
    mean = propensity * weighted.values[0] + (1 - propensity) * weighted.values[1]
    assert mean == pytest.approx(candidate - current, abs=1e-9)
    assert (weighted.least <= weighted.values + 1e-9).all()
    assert (weighted.values <= weighted.most + 1e-9).all()


def test_the_ends_are_reached_by_the_extreme_outcomes() -> None:
    weighted = propensity_difference([0, 1, 0, 1], [0, 0, 1, 1], 0.2, centre=0.3)
    assert weighted.least.tolist() == pytest.approx([min(weighted.values)] * 4)
    assert weighted.most.tolist() == pytest.approx([max(weighted.values)] * 4)


def test_a_ramp_with_drift_leaves_identical_arms_alike(
    ramp_and_drift: Callable[[np.random.Generator, int], Iterator[Block]],
) -> None:
    """Bets on "worse" after every block of a ramp from 5 to 50 %, with the propensity of each block."""
    rng = np.random.default_rng(6)
    alarms = 0
    for _ in range(200):
        bets = start_bets(1e-9, least=-1 / 0.5, most=1 / 0.05, tuned_at=5000)
        for block, share in zip(ramp_and_drift(rng, 100), np.linspace(0.05, 0.5, 100), strict=True):
            outcomes = np.zeros(100)
            outcomes[: block.candidate_failures] = 1
            outcomes[block.candidate_requests : block.candidate_requests + block.current_failures] = 1
            weighted = propensity_difference(outcomes, np.arange(100) < block.candidate_requests, share)
            bets = place_bets(bets, weighted.values, least=weighted.least)
        alarms += bets.peak >= np.log(20)
    assert alarms / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_a_worse_candidate_is_bounded_away_from_equal_at_a_moving_split() -> None:
    rng = np.random.default_rng(7)
    share = np.linspace(0.2, 0.5, 6000)
    arm = rng.random(6000) < share
    outcomes = rng.random(6000) < np.where(arm, 0.15, 0.05)
    weighted = propensity_difference(outcomes, arm, share, centre=0.05)
    interval = mean_sequence(
        weighted.values, level=0.9, least=weighted.least, most=weighted.most, around=0.01, tuned_at=2000
    )
    assert interval.low is not None
    assert interval.high is not None
    assert 0.0 < interval.low < 0.1 < interval.high


def test_a_request_without_choice_of_arm_is_refused() -> None:
    with pytest.raises(ValueError, match="both arms"):
        propensity_difference([1.0], [1], 1.0)
    with pytest.raises(ValueError, match="0 or 1"):
        propensity_difference([1.0], [2], 0.5)
    with pytest.raises(ValueError, match="lie in"):
        propensity_difference([1.2], [1], 0.5)
