from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rung.stats.sequential import SampleRatio, start_sample_ratio

COUNTS = st.tuples(*[st.integers(0, 200)] * 3)
WEIGHTS = (0.5, 0.3, 0.2)


@given(COUNTS)
def test_the_evidence_is_how_much_the_data_lower_the_density_at_the_intended_split(counts: tuple[int, ...]) -> None:
    """Savage and Dickey's identity, from densities of scipy's Dirichlet before and after the data."""
    prior = 100.0 * np.array(WEIGHTS)
    before = stats.dirichlet.logpdf(WEIGHTS, prior)
    after = stats.dirichlet.logpdf(WEIGHTS, prior + counts)
    watch = start_sample_ratio(WEIGHTS).update(counts)
    assert watch.log_evidence == pytest.approx(before - after, abs=1e-8)


@given(st.floats(0.01, 0.99), st.integers(1, 60))
def test_nobody_gains_while_the_split_is_as_intended(weight: float, n: int) -> None:
    counts = np.arange(n + 1)
    start = start_sample_ratio((weight, 1 - weight))
    evidence = np.exp([start.update((k, n - k)).log_evidence for k in counts.tolist()])
    assert stats.binom(n, weight).pmf(counts) @ evidence == pytest.approx(1.0, rel=1e-8)


def test_a_step_with_other_weights_keeps_the_evidence_and_counts_anew() -> None:
    first = start_sample_ratio((0.95, 0.05)).update((900, 100))
    second = first.next_step((0.5, 0.5))
    assert second.log_evidence == pytest.approx(first.log_evidence)
    assert second.peak == first.peak
    alone = start_sample_ratio((0.5, 0.5)).update((70, 50)).log_evidence
    assert second.update((70, 50)).log_evidence == pytest.approx(first.log_evidence + alone)


def test_a_healthy_ramp_is_called_off_no_more_often_than_alpha_and_lost_requests_are_found() -> None:
    """Three steps of 100 looks. Losing 5 of 100 of the candidate's requests at an even split is found every time."""
    rng = np.random.default_rng(16)
    healthy = broken = 0
    for _ in range(200):
        watch: SampleRatio | None = None
        for share in (0.05, 0.2, 0.5):
            weights = (1 - share, share)
            watch = start_sample_ratio(weights) if watch is None else watch.next_step(weights)
            for candidate in rng.binomial(200, share, 100).tolist():
                watch = watch.update((200 - candidate, candidate))
        assert watch is not None
        healthy += watch.is_off(0.05)
        lost = start_sample_ratio((0.5, 0.5))
        for candidate in rng.binomial(500, 0.5, 200).tolist():
            lost = lost.update((500 - candidate, int(rng.binomial(candidate, 0.95))))
        broken += lost.is_off(0.05)
    assert healthy / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert broken == 200


@pytest.mark.parametrize("weights", [(1.0,), (0.5, 0.6), (1.0, 0.0)])
def test_weights_that_are_no_split_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weights"):
        start_sample_ratio(weights)


@pytest.mark.parametrize("counts", [(1,), (1, -1)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="counts"):
        start_sample_ratio((0.5, 0.5)).update(counts)
