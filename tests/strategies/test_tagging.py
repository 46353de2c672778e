from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.strategies.tagging import Span, best_legal_tags, spans_of, tags_of

TAGS = (0, 1, 2, 3, 4)


def is_legal(tags: Sequence[int]) -> bool:
    """A continuing tag stands behind the beginning or the continuation of its own field, by the scheme's words."""
    for position, tag in enumerate(tags):
        if tag and tag % 2 == 0 and (position == 0 or tags[position - 1] not in (tag, tag - 1)):
            return False
    return True


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.floats(-5, 0), min_size=5, max_size=5), min_size=1, max_size=4))
def test_no_legal_sequence_scores_higher_than_the_one_found(rows: list[list[float]]) -> None:
    """Against all 5 ** n sequences, tried one by one."""
    log_shares = np.array(rows)
    found = best_legal_tags(log_shares, TAGS)
    assert is_legal(found)

    def score(tags: Sequence[int]) -> float:
        return float(sum(log_shares[position, tag] for position, tag in enumerate(tags)))

    best = max(score(tags) for tags in product(TAGS, repeat=len(rows)) if is_legal(tags))
    assert score(found) == pytest.approx(best)


def test_a_word_that_could_only_continue_begins_instead() -> None:
    """The likeliest tag of each word alone would be an illegal sequence."""
    log_shares = np.log(np.array([[0.1, 0.3, 0.6], [0.1, 0.2, 0.7]]))
    assert best_legal_tags(log_shares, (0, 1, 2)) == [1, 2]


def test_no_words_have_no_tags() -> None:
    assert best_legal_tags(np.zeros((0, 3)), (0, 1, 2)) == []


spans = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(1, 3)), max_size=4)


@given(spans)
def test_spans_survive_the_way_to_tags_and_back(steps: list[tuple[int, int, int]]) -> None:
    laid, position = [], 0
    for field, gap, length in steps:
        laid.append(Span(field, position + gap, position + gap + length))
        position += gap + length
    tags = tags_of(position + 1, laid)
    assert is_legal(tags.tolist())
    assert spans_of(tags.tolist(), np.ones(position + 1)) == laid


def test_of_overlapping_spans_the_earlier_stands() -> None:
    assert tags_of(4, [Span(0, 0, 2), Span(1, 1, 4)]).tolist() == [1, 2, 0, 0]


def test_the_share_of_a_span_is_the_geometric_mean_of_its_tags() -> None:
    (span,) = spans_of([0, 1, 2], np.array([0.9, 0.5, 0.125]))
    assert span.share == pytest.approx(0.25)
