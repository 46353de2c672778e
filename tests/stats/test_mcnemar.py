from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar

from rung.stats import clustered_mid_p, mcnemar_chi_square, mcnemar_exact, mcnemar_mid_p


def test_published_values() -> None:
    assert mcnemar_exact(70, 59) == pytest.approx(0.378688, abs=5e-7)
    assert mcnemar_mid_p(1, 7) == pytest.approx(0.0390625)
    assert mcnemar_chi_square(121, 59)[0] == pytest.approx(20.67222, abs=5e-6)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_corrected_chi_square_agrees_with_statsmodels(b: int, c: int) -> None:
    statistic, p_value = mcnemar_chi_square(b, c)
    if b == c:  # statsmodels lets the correction overshoot zero there
        assert (statistic, p_value) == (0.0, 1.0)
        return
    theirs = mcnemar([[1, b], [c, 1]], exact=False, correction=True)
    assert (statistic, p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-9)


@given(st.integers(0, 80), st.integers(0, 80))
def test_exact_agrees_with_statsmodels_and_mid_p_takes_off_half_the_point(b: int, c: int) -> None:
    exact = mcnemar_exact(b, c)
    if b + c:
        assert exact == pytest.approx(mcnemar([[1, b], [c, 1]], exact=True).pvalue, rel=1e-9)
        assert exact == pytest.approx(binomtest(b, b + c).pvalue, rel=1e-9)
    below = binomtest(min(b, c) - 1, b + c).pvalue if min(b, c) > 0 else 0.0
    assert mcnemar_mid_p(b, c) == pytest.approx(1.0 if b == c else (exact + below) / 2, rel=1e-9)
    assert mcnemar_mid_p(c, b) == mcnemar_mid_p(b, c)


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=60))
def test_single_items_get_mcnemars_mid_p(differences: list[int]) -> None:
    clustered = clustered_mid_p(differences, range(len(differences)))
    assert clustered == pytest.approx(mcnemar_mid_p(differences.count(1), differences.count(-1)), rel=1e-9)


@given(st.lists(st.tuples(st.sampled_from([-1, 0, 1]), st.integers(0, 7)), min_size=1, max_size=40))
def test_clusters_are_flipped_whole_as_counting_every_pattern_shows(items: list[tuple[int, int]]) -> None:
    totals: dict[int, int] = {}
    for difference, cluster in items:
        totals[cluster] = totals.get(cluster, 0) + difference
    seen = abs(sum(totals.values()))
    sums = [
        abs(sum(sign * t for sign, t in zip(signs, totals.values(), strict=True)))
        for signs in product((-1, 1), repeat=len(totals))
    ]
    beyond = sum(value > seen for value in sums) / len(sums)
    equal = sum(value == seen for value in sums) / len(sums)
    expected = 1.0 if seen == 0 else beyond + equal / 2
    assert clustered_mid_p(*zip(*items, strict=True)) == pytest.approx(expected)


def test_copies_of_one_outcome_are_one_piece_of_evidence() -> None:
    """Six wins among six groups of five: as six items, not as thirty."""
    differences, clusters = np.ones(30), np.repeat(np.arange(6), 5)
    assert clustered_mid_p(differences, clusters) == pytest.approx(mcnemar_mid_p(6, 0))
    assert mcnemar_mid_p(30, 0) < 1e-8


def test_no_item_on_which_they_differ_is_no_evidence() -> None:
    assert mcnemar_mid_p(0, 0) == mcnemar_exact(0, 0) == clustered_mid_p([0, 0], [0, 1]) == 1.0


def test_counts_below_zero_and_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar_exact(-1, 2)
    with pytest.raises(ValueError, match="negative"):
        mcnemar_chi_square(2, -1)
    with pytest.raises(ValueError, match="whole numbers"):
        clustered_mid_p([0.5], [0])
