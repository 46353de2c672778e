from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.stats.sequential import log_beta_binomial, place_bets, start_bets, tuned_beta
from rung.stats.sequential.betting import betting_fractions


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.1, 0.9), st.sampled_from([50.0, 300.0, 2000.0]))
def test_bets_on_outcomes_are_worth_the_one_sided_beta_binomial(
    right: int, wrong: int, null: float, tuned_at: float
) -> None:
    """The 48 stakes stand for the cut-off beta: around the evidence that decides, 3 in the log, they are 0.2 apart."""
    bets = place_bets(start_bets(null, tuned_at=tuned_at), [1.0] * right + [0.0] * wrong + [null])
    prior = tuned_beta(null, tuned_at=tuned_at, alpha=0.05, one_sided=True)
    exact = log_beta_binomial(right, wrong, null, prior, one_sided=True)
    if 0.0 <= exact <= 5.0:
        assert bets.log_evidence == pytest.approx(exact, abs=0.2)


@given(st.floats(0.05, 0.95), st.floats(0, 1), st.floats(10, 1000))
def test_the_mean_wealth_over_all_outcomes_is_one_at_the_claim_and_less_below(
    null: float, part: float, tuned_at: float
) -> None:
    start = start_bets(null, tuned_at=tuned_at)
    mean = {null: 0.0, null * part: 0.0}
    for outcomes in product([0.0, 1.0], repeat=6):
        wealth = np.exp(place_bets(start, outcomes).log_evidence)
        for share in mean:
            mean[share] += wealth * share ** sum(outcomes) * (1 - share) ** (6 - sum(outcomes))
    assert mean[null] == pytest.approx(1.0, rel=1e-9)
    assert mean[null * part] <= 1.0 + 1e-9


@given(st.lists(st.floats(-1, 3), min_size=2, max_size=30), st.integers(1, 29))
def test_a_stored_state_goes_on_as_if_it_had_never_stopped(values: list[float], cut: int) -> None:
    start = start_bets(0.5, least=-1.0, most=3.0)
    whole = place_bets(start, values, least=-1.0)
    cut = min(cut, len(values) - 1)
    halves = place_bets(place_bets(start, values[:cut], least=-1.0), values[cut:], least=-1.0)
    assert halves.log_evidence == pytest.approx(whole.log_evidence, abs=1e-9)
    assert halves.n == whole.n
    assert halves.peak >= max(0.0, whole.log_evidence - 1e-9)


def test_the_peak_remembers_evidence_that_later_values_take_back() -> None:
    risen = place_bets(start_bets(0.5), np.ones(30))
    fallen = place_bets(risen, np.zeros(200))
    assert risen.peak == risen.log_evidence > np.log(20)
    assert fallen.log_evidence < 0.0
    assert fallen.peak == risen.peak


@given(st.floats(0.001, 0.999), st.floats(1, 1e5))
def test_fractions_rise_and_never_stake_all(share: float, tuned_at: float) -> None:
    fractions = betting_fractions(share, tuned_at=tuned_at)
    assert fractions.shape == (48,)
    assert (np.diff(fractions) >= 0).all()
    assert 0.0 < fractions[0] <= fractions[-1] < 1.0


def test_false_alarms_stay_within_alpha_for_values_of_any_shape() -> None:
    """Rare large values and common small ones, both with the mean that is claimed."""
    rng = np.random.default_rng(21)
    alarms = {"rare": 0, "beta": 0}
    for _ in range(200):
        rare = start_bets(0.05)
        beta = start_bets(0.05)
        for _ in range(20):
            rare = place_bets(rare, (rng.random(100) < 0.05).astype(float))
            beta = place_bets(beta, rng.beta(0.5, 9.5, 100))
        alarms["rare"] += rare.peak >= np.log(20)
        alarms["beta"] += beta.peak >= np.log(20)
    allowed = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert alarms["rare"] / 200 <= allowed
    assert alarms["beta"] / 200 <= allowed


def test_claims_and_values_outside_their_range_are_refused() -> None:
    with pytest.raises(ValueError, match="null must lie"):
        start_bets(1.0)
    bets = start_bets(0.5)
    with pytest.raises(ValueError, match="below the smallest"):
        place_bets(bets, [-0.1])
    with pytest.raises(ValueError, match="below the claimed mean"):
        place_bets(bets, [0.9], least=0.6)
