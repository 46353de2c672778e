from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy import stats

from rung.stats import Interval, clustered_mean, paired_bootstrap


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def test_outcomes_have_the_exact_bootstrap_distribution() -> None:
    """All resamples of six items counted: the number of +1, 0 and -1 is multinomial, with known chances."""
    first, second = [1, 1, 1, 0, 1, 0], [0, 0, 1, 0, 0, 1]
    sums = {-6 + step: 0.0 for step in range(13)}
    for plus in range(7):
        for minus in range(7 - plus):
            sums[plus - minus] += stats.multinomial.pmf([plus, minus, 6 - plus - minus], 6, [3 / 6, 1 / 6, 2 / 6])
    cumulative = np.cumsum(list(sums.values()))
    expected = [(-6 + int(np.searchsorted(cumulative, tail))) / 6 for tail in (0.05, 0.95)]
    interval = paired_bootstrap(first, second, level=0.9, draws=40_000, rng=np.random.default_rng(1))
    assert interval.mid == pytest.approx(2 / 6)
    assert ends(interval) == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["outcomes", "scores"])
def test_ends_agree_with_scipys_bootstrap_to_the_noise_of_the_draws(kind: str) -> None:
    rng = np.random.default_rng(7)
    if kind == "outcomes":
        first, second = (rng.random(400) < 0.8).astype(float), (rng.random(400) < 0.7).astype(float)
    else:
        first, second = rng.gamma(2.0, size=400), rng.gamma(2.0, size=400)
    draws = 10_000
    theirs = stats.bootstrap(
        (first - second,), np.mean, n_resamples=draws, method="percentile", confidence_level=0.9, rng=rng
    )
    ours = paired_bootstrap(first, second, level=0.9, draws=draws, rng=rng)
    # Standard error of an estimated 5 % quantile of a normal: sqrt(.05 x .95 / draws) / density, here .1031.
    noise = np.sqrt(2) * np.sqrt(0.05 * 0.95 / draws) / 0.1031 * theirs.standard_error
    expected = (theirs.confidence_interval.low, theirs.confidence_interval.high)
    assert ends(ours) == pytest.approx(expected, abs=4 * noise + (1 / 400 if kind == "outcomes" else 0))


@pytest.mark.parametrize("equal", [True, False])
def test_clusters_are_drawn_whole_as_the_clustered_error_has_it(equal: bool) -> None:
    rng = np.random.default_rng(2)
    clusters = np.repeat(np.arange(200), 5 if equal else rng.integers(1, 9, 200))
    scores = rng.normal(size=200)[clusters] + 0.3 * rng.normal(size=clusters.size)
    interval = paired_bootstrap(scores, np.zeros(scores.size), level=0.9, draws=5000, rng=rng, clusters=clusters)
    low, high = ends(interval)
    formula_low, formula_high = ends(clustered_mean(scores, clusters, level=0.9))
    naive_low, naive_high = ends(clustered_mean(scores, np.arange(scores.size), level=0.9))
    assert high - low == pytest.approx(formula_high - formula_low, rel=0.06)
    assert high - low > 1.5 * (naive_high - naive_low)
    assert f"{scores.size} items in 200 groups" in interval.note


def test_clustered_outcomes_are_counted_by_kind_of_cluster() -> None:
    """Copies of items in clusters of three change nothing: the kinds have the same chances."""
    first, second = [1] * 30 + [0] * 10 + [1] * 20, [0] * 30 + [1] * 10 + [1] * 20
    alone = paired_bootstrap(first, second, level=0.9, draws=2000, rng=np.random.default_rng(3))
    copied = paired_bootstrap(
        np.repeat(first, 3),
        np.repeat(second, 3),
        level=0.9,
        draws=2000,
        rng=np.random.default_rng(3),
        clusters=np.repeat(np.arange(60), 3),
    )
    assert ends(copied) == pytest.approx(ends(alone))


def test_memory_stays_bounded_whatever_the_number_of_draws() -> None:
    """20,000 draws of 5,000 scores would take 800 MB at once."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=5000)
    tracemalloc.start()
    paired_bootstrap(scores, np.zeros(5000), level=0.9, draws=20_000, rng=rng)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


def test_what_cannot_be_bounded_says_so_and_the_rest_is_refused() -> None:
    rng = np.random.default_rng(0)
    same = paired_bootstrap([1, 1], [0, 0], level=0.9, draws=10, rng=rng)
    assert (same.mid, same.low, same.high) == (1.0, None, None)
    assert "equal" in same.note
    alone = paired_bootstrap([1, 0], [0, 0], level=0.9, draws=10, rng=rng, clusters=["a", "a"])
    assert (alone.low, alone.high) == (None, None)
    assert "one group" in alone.note
    with pytest.raises(ValueError, match="same items"):
        paired_bootstrap([1.0], [1.0, 2.0], level=0.9, draws=10, rng=rng)
    with pytest.raises(ValueError, match="draws"):
        paired_bootstrap([1.0, 0.0], [0.0, 0.0], level=0.9, draws=0, rng=rng)
