from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import permutation_test

from rung.stats import sign_flip


def test_few_items_are_counted_exactly_as_scipy_counts_them() -> None:
    differences = np.random.default_rng(0).normal(0.4, 1.0, 11)
    theirs = permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    ours = sign_flip(differences, np.arange(11), draws=5000, rng=np.random.default_rng(1))
    assert ours == pytest.approx(float(theirs.pvalue))


def test_many_items_are_drawn_near_the_exact_value() -> None:
    differences = np.random.default_rng(6).normal(0.35, 1.0, 14)
    exact = sign_flip(differences, np.arange(14), draws=2**14, rng=np.random.default_rng(1))
    drawn = sign_flip(differences, np.arange(14), draws=2**14 - 1, rng=np.random.default_rng(1))
    assert drawn == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 2**14))


def test_copies_in_one_cluster_add_nothing() -> None:
    differences = np.random.default_rng(2).normal(0.5, 1.0, 10)
    alone = sign_flip(differences, np.arange(10), draws=2000, rng=np.random.default_rng(1))
    copied = sign_flip(np.repeat(differences, 6), np.repeat(np.arange(10), 6), draws=2000, rng=np.random.default_rng(1))
    assert copied == pytest.approx(alone)


def test_the_same_generator_gives_the_same_value_and_never_zero() -> None:
    differences = np.full(100, 5.0)
    values = [sign_flip(differences, np.arange(100), draws=99, rng=np.random.default_rng(3)) for _ in range(2)]
    assert values == [0.01, 0.01]


def test_no_difference_is_no_evidence_and_no_draws_are_refused() -> None:
    rng = np.random.default_rng(0)
    assert sign_flip([0.0, 0.0], [0, 1], draws=10, rng=rng) == 1.0
    with pytest.raises(ValueError, match="draws"):
        sign_flip([1.0], [0], draws=0, rng=rng)


def test_it_rejects_a_true_hypothesis_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(12)
    rejected, replications = 0, 300
    for _ in range(replications):
        clusters = np.repeat(np.arange(12), rng.integers(1, 5, 12))
        differences = rng.normal(size=12)[clusters] + 0.3 * rng.normal(size=clusters.size)
        rejected += sign_flip(differences, clusters, draws=199, rng=rng) <= 0.05
    assert rejected / replications <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / replications)
