from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from rung.stats.sequential import bernoulli_sequence, beta_binomial_bound, log_beta_binomial, tuned_beta


def test_bounds_and_sequences_have_the_published_values() -> None:
    """Two- and one-sided bound: reference tests of Howard et al.'s package; sequences: its interval and the
    closed form of the uniform mixture."""
    both = beta_binomial_bound(100, alpha=0.05, tuned_at=100, below=0.2, above=0.8)
    one = beta_binomial_bound(100, alpha=0.05, tuned_at=100, below=0.2, above=0.8, one_sided=True)
    assert (both, one) == pytest.approx((31.4308, 28.41238), abs=1e-5)
    tuned = bernoulli_sequence(700, 1000, level=0.95, tuned_at=100)
    assert (tuned.low, tuned.high) == pytest.approx((0.651629, 0.745949), abs=1e-6)
    uniform = bernoulli_sequence(70, 100, level=0.95)
    assert (uniform.low, uniform.high) == pytest.approx((0.5427540, 0.8305535), abs=1e-7)


@given(st.integers(0, 30), st.integers(0, 30), st.floats(0.2, 0.8), st.floats(100, 500))
def test_the_evidence_is_the_average_likelihood_ratio(
    successes: int, failures: int, share: float, tuned_at: float
) -> None:
    prior = tuned_beta(share, tuned_at=tuned_at, alpha=0.05)
    beta = stats.beta(*prior)

    def weighed(rate: float) -> float:
        ratio = successes * np.log(rate / share) + failures * np.log((1 - rate) / (1 - share))
        return float(np.exp(ratio) * beta.pdf(rate))

    below = integrate.quad(weighed, 0, share, limit=200)[0]
    above = integrate.quad(weighed, share, 1, limit=200)[0]
    both = log_beta_binomial(successes, failures, share, prior)
    one = log_beta_binomial(successes, failures, share, prior, one_sided=True)
    assert np.exp(both) == pytest.approx(below + above, rel=1e-5, abs=1e-9)
    assert np.exp(one) == pytest.approx(above / beta.sf(share), rel=1e-5, abs=1e-9)


@given(st.floats(0.1, 0.9), st.floats(5, 300), st.floats(0, 1), st.integers(1, 40))
def test_nobody_gains_against_a_true_share_nor_one_sided_against_a_lower_one(
    share: float, tuned_at: float, part: float, trials: int
) -> None:
    """The mean evidence over all outcomes, by summing them: 1 when the share is true, at most 1 below it."""
    prior = tuned_beta(share, tuned_at=tuned_at, alpha=0.05, one_sided=True)
    counts = np.arange(trials + 1)
    both = np.exp([log_beta_binomial(k, trials - k, share, prior) for k in counts.tolist()])
    one = np.exp([log_beta_binomial(k, trials - k, share, prior, one_sided=True) for k in counts.tolist()])
    true = stats.binom(trials, share).pmf(counts)
    assert true @ both == pytest.approx(1.0, rel=1e-6)
    assert true @ one == pytest.approx(1.0, rel=1e-6)
    assert stats.binom(trials, share * part).pmf(counts) @ one <= 1.0 + 1e-9


def test_data_far_below_the_share_are_no_one_sided_evidence() -> None:
    prior = tuned_beta(0.5, tuned_at=100, alpha=0.05, one_sided=True)
    assert log_beta_binomial(0, 100_000, 0.5, prior, one_sided=True) < 0.0


def test_the_prior_is_centred_on_the_share() -> None:
    first, second = tuned_beta(0.3, tuned_at=200, alpha=0.05)
    assert first / (first + second) == pytest.approx(0.3)


@given(st.integers(1, 2000), st.floats(0, 1), st.sampled_from([0.8, 0.9, 0.95]))
def test_the_sequence_holds_the_share_seen_and_mirrors_its_failures(n: int, share: float, level: float) -> None:
    successes = round(share * n)
    interval = bernoulli_sequence(successes, n, level=level)
    mirrored = bernoulli_sequence(n - successes, n, level=level)
    assert interval.low is not None
    assert interval.high is not None
    assert 0.0 <= interval.low <= interval.mid <= interval.high <= 1.0
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - interval.high, 1 - interval.low), abs=1e-9)


def test_the_sequence_misses_at_any_look_no_more_often_than_its_level() -> None:
    """Looks every 25 trials up to 2,000: a miss at one of them is a miss."""
    rng = np.random.default_rng(9)
    looks = np.arange(25, 2001, 25)
    ends = {0.9: 0, 0.5: 0}
    for share in ends:
        counts = (rng.random((200, 2000)) < share).cumsum(axis=1)[:, looks - 1]
        for row in counts:
            prior = tuned_beta(share, tuned_at=300, alpha=0.1)
            evidence = [log_beta_binomial(k, n - k, share, prior) for k, n in zip(row, looks, strict=True)]
            ends[share] += max(evidence) >= np.log(1 / 0.1)
        assert ends[share] / 200 <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 200)


def test_a_bound_that_even_the_largest_sum_does_not_reach_is_that_sum() -> None:
    assert beta_binomial_bound(0.32, alpha=0.05, tuned_at=100, below=0.2, above=0.8) == pytest.approx(1.6)
    assert beta_binomial_bound(0.0, alpha=0.05, tuned_at=100, below=0.2, above=0.8) == 0.0


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        bernoulli_sequence(successes, n, level=0.9)
    with pytest.raises(ValueError, match="below > 0"):
        beta_binomial_bound(1.0, alpha=0.05, tuned_at=1, below=0.0, above=1.0)
