from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.retrieval import reciprocal_rank_fusion

rankings = st.lists(st.lists(st.integers(0, 12), unique=True, max_size=10), min_size=1, max_size=4)


def test_scores_follow_the_published_formula() -> None:
    fused = dict(reciprocal_rank_fusion([[7, 8], [8, 9]]))
    assert fused == pytest.approx({8: 1 / 62 + 1 / 61, 7: 1 / 61, 9: 1 / 62})


def test_an_entry_that_both_rankings_name_beats_a_first_place_in_one() -> None:
    assert reciprocal_rank_fusion([[1, 2, 3], [4, 2, 5]])[0][0] == 2


def test_equal_scores_go_to_the_earlier_ranking() -> None:
    assert [entry for entry, _ in reciprocal_rank_fusion([[9], [1]])] == [9, 1]
    assert [entry for entry, _ in reciprocal_rank_fusion([[1], [9]])] == [1, 9]


@given(rankings)
def test_the_order_agrees_with_exact_arithmetic(found: list[list[int]]) -> None:
    exact: dict[int, Fraction] = {}
    for ranking in found:
        for rank, entry in enumerate(ranking, start=1):
            exact[entry] = exact.get(entry, Fraction(0)) + Fraction(1, 60 + rank)
    fused = [entry for entry, _ in reciprocal_rank_fusion(found)]
    assert set(fused) == set(exact)
    assert [exact[entry] for entry in fused] == sorted(exact.values(), reverse=True)


@given(rankings)
def test_scores_do_not_depend_on_the_order_of_the_rankings(found: list[list[int]]) -> None:
    scores = dict(reciprocal_rank_fusion(found))
    for other in permutations(found):
        assert dict(reciprocal_rank_fusion(other)) == scores


def test_a_ranking_with_an_entry_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="ranking 1 names an entry twice"):
        reciprocal_rank_fusion([[1, 2], [3, 3]])
