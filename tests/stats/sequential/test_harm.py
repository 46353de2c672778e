from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rung.stats.sequential import Block, Harm, watch
from rung.stats.sequential.harm import log_block_factor

RATES = st.floats(0.01, 0.99)


def test_the_factor_of_a_block_is_the_published_formula() -> None:
    """Guessed rates .1 and .3 on 4 and 6 requests: t0 = (4 x .1 + 6 x .3) / 10 = .22."""
    expected = (0.1 / 0.22) * (0.9 / 0.78) ** 3 * (0.3 / 0.22) ** 2 * (0.7 / 0.78) ** 4
    assert np.exp(log_block_factor(Block(4, 1, 6, 2), 0.1, 0.3)) == pytest.approx(expected)


@settings(max_examples=40)
@given(st.integers(0, 6), st.integers(0, 6), RATES, RATES, st.floats(0, 1), st.floats(0, 1))
def test_no_block_gains_on_average_while_the_candidate_fails_no_more_often(
    current: int, candidate: int, one: float, two: float, rate: float, part: float
) -> None:
    """Summed over every outcome: whatever rate both share, and if the candidate's is lower."""
    guess = min(one, two), max(one, two)
    for true in (rate, rate * part):
        chances = stats.binom.pmf(np.arange(current + 1), current, rate)
        chances_too = stats.binom.pmf(np.arange(candidate + 1), candidate, true)
        mean = sum(
            chances[failed]
            * chances_too[failed_too]
            * np.exp(log_block_factor(Block(current, failed, candidate, failed_too), *guess))
            for failed in range(current + 1)
            for failed_too in range(candidate + 1)
        )
        assert mean <= 1.0 + 1e-9


def test_nothing_is_bet_on_a_candidate_that_seems_better_or_on_one_arm_alone() -> None:
    assert log_block_factor(Block(50, 2, 50, 10), 0.2, 0.1) == 0.0
    better = watch([Block(50, 20, 50, 1)])
    assert better.guess()[1] < better.guess()[0]
    assert better.update(Block(50, 1, 50, 20)).log_evidence == better.log_evidence
    assert watch([Block(80, 4, 0, 0), Block(0, 0, 80, 70), Block(0, 0, 0, 0)]).log_evidence == 0.0


def test_a_bet_on_a_block_knows_nothing_of_it() -> None:
    before = watch([Block(50, 2, 50, 6)])
    factor = log_block_factor(Block(50, 3, 50, 9), *before.guess())
    assert before.update(Block(50, 3, 50, 9)).log_evidence == before.log_evidence + factor


def test_a_stored_state_goes_on_as_if_it_had_never_stopped() -> None:
    blocks = [Block(60, 2, 40, 1 + i % 5) for i in range(30)]
    assert watch(blocks[17:], start=watch(blocks[:17])) == watch(blocks)


def test_a_clearly_worse_candidate_is_found_and_the_finding_stays() -> None:
    rng = np.random.default_rng(8)
    worse = watch(Block(50, int(rng.binomial(50, 0.04)), 50, int(rng.binomial(50, 0.16))) for _ in range(40))
    assert worse.shows_harm(0.05)
    later = watch((Block(50, 4, 50, 0) for _ in range(200)), start=worse)
    assert later.log_evidence < log(20)
    assert later.shows_harm(0.05)


def test_healthy_canaries_are_rolled_back_no_more_often_than_alpha() -> None:
    """400 looks; the same looks with a z-test on all data so far roll back every fourth canary or more."""
    rng = np.random.default_rng(31)
    found = peeked = 0
    for _ in range(200):
        failures = rng.binomial(50, 0.04, (2, 400))
        blocks = (Block(50, int(one), 50, int(two)) for one, two in failures.T)
        found += watch(blocks).shows_harm(0.05)
        totals, n = failures.cumsum(axis=1), 50 * np.arange(1, 401)
        shared = totals.sum(axis=0) / (2 * n)
        error = np.sqrt(np.maximum(shared * (1 - shared) * 2 / n, 1e-12))
        peeked += bool(((totals[1] - totals[0]) / n > 1.645 * error).any())
    assert found / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert peeked / 200 > 0.25


def test_a_ramp_with_drift_deceives_pooled_counts_and_not_the_blocks(
    ramp_and_drift: Callable[[np.random.Generator, int], Iterator[Block]],
) -> None:
    """More failures fall where the candidate has more traffic; both arms always fail equally often."""
    rng = np.random.default_rng(5)
    found = pooled = 0
    for _ in range(200):
        blocks = list(ramp_and_drift(rng, 200))
        found += watch(blocks).shows_harm(0.05)
        together = [sum(part) for part in zip(*(_counts(block) for block in blocks), strict=True)]
        table = [[together[3], together[2] - together[3]], [together[1], together[0] - together[1]]]
        pooled += stats.fisher_exact(table, alternative="greater").pvalue < 0.05
    assert found / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert pooled == 200


def _counts(block: Block) -> tuple[int, int, int, int]:
    return (block.current_requests, block.current_failures, block.candidate_requests, block.candidate_failures)


def test_counts_and_error_rates_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="failures <= requests"):
        Block(3, 4, 1, 0)
    with pytest.raises(ValueError, match="alpha"):
        Harm().shows_harm(0.0)
