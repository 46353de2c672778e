from __future__ import annotations

from collections.abc import Hashable, Sequence

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.stats import Interval, krippendorff_alpha

RATINGS = st.lists(st.lists(st.sampled_from([None, 0, 1, 2]), min_size=4, max_size=4), min_size=2, max_size=25).filter(
    lambda items: len({one for item in items if sum(x is not None for x in item) > 1 for one in item} - {None}) > 1
)
# Krippendorff 2011, section C: 12 units, four observers, missing labels.
PUBLISHED = (
    (1, 1, None, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4),
    (4, 4, 4, 4), (1, 1, 2, 1), (2, 2, 2, 2), (None, 5, 5, 5), (None, None, 1, 1), (None, None, 3, None),
)  # fmt: skip


def alpha(
    ratings: Sequence[Sequence[Hashable | None]],
    draws: int = 50,
    seed: int = 0,
    clusters: Sequence[Hashable] | None = None,
) -> Interval:
    names = None if clusters is None else np.array(clusters)
    return krippendorff_alpha(ratings, level=0.9, draws=draws, rng=np.random.default_rng(seed), clusters=names)


def test_the_published_example_has_the_published_alpha() -> None:
    assert alpha(PUBLISHED).mid == pytest.approx(0.743, abs=5e-4)


@settings(max_examples=60)
@given(RATINGS)
def test_alpha_agrees_with_the_krippendorff_package(ratings: list[list[int | None]]) -> None:
    matrix = np.array([[np.nan if one is None else one for one in item] for item in ratings]).T
    theirs = krippendorff.alpha(reliability_data=matrix, level_of_measurement="nominal")
    interval = alpha([[None if one is None else f"label {one}" for one in item] for item in ratings])
    assert interval.mid == pytest.approx(float(theirs), abs=1e-9)
    assert interval.low is None or interval.low <= interval.mid
    assert interval.high is None or interval.mid <= interval.high <= 1.0


def test_the_interval_has_the_spread_of_alpha_over_repeated_samples() -> None:
    """Three annotators who guess among three labels in 30 % of cases, 150 items: the spread simulated afresh."""

    def sample(rng: np.random.Generator) -> list[list[int]]:
        truth = rng.integers(0, 3, (150, 1))
        guesses = rng.integers(0, 3, (150, 3))
        labels: list[list[int]] = np.where(rng.random((150, 3)) < 0.3, guesses, truth).tolist()
        return labels

    rng = np.random.default_rng(4)
    mids = [alpha(sample(rng), draws=1).mid for _ in range(400)]
    interval = alpha(sample(rng), draws=2000)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.high - interval.low == pytest.approx(2 * 1.645 * np.std(mids), rel=0.2)


def test_copies_of_items_in_one_cluster_do_not_narrow_it() -> None:
    ratings, clusters = list(PUBLISHED) * 4, list(range(12)) * 4
    alone, copied, naive = alpha(PUBLISHED, 2000), alpha(ratings, 2000, clusters=clusters), alpha(ratings, 2000)
    assert alone.low is not None
    assert copied.low is not None
    assert naive.low is not None
    assert copied.low == pytest.approx(alone.low, abs=0.06)
    assert naive.low > alone.low + 0.1


def test_the_same_generator_gives_the_same_interval() -> None:
    assert alpha(PUBLISHED, 300, seed=5) == alpha(PUBLISHED, 300, seed=5)
    assert alpha(PUBLISHED, 300, seed=5) != alpha(PUBLISHED, 300, seed=6)


def test_what_cannot_be_told_says_so() -> None:
    full = alpha([["a", "a"], ["b", "b"]])
    assert (full.mid, full.low, full.high) == (1.0, None, None)
    assert "agree" in full.note
    one = alpha([["a", "b"], ["a", "a"]], clusters=["x", "x"])
    assert (one.low, one.high) == (None, None)
    for ratings in ([["a", None], [None, "b"]], [["a", "a"], ["a", "a"]], []):
        with pytest.raises(ValueError, match="alpha needs"):
            alpha(ratings)


def test_draws_with_a_single_label_are_left_out_and_counted() -> None:
    interval = alpha([["a", "a"]] * 3 + [["a", "b"]], draws=1000)
    assert interval.low is not None
    # All four drawn from the three of one label: (3 / 4)^4 = 0.316 of the draws.
    lost = int(interval.note.split()[0])
    assert lost / 1000 == pytest.approx(0.316, abs=4 * np.sqrt(0.316 * 0.684 / 1000))
