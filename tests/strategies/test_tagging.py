from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.strategies.tagging import (
    IntArray,
    Span,
    TaggedTexts,
    WordRecipe,
    best_legal_tags,
    choose_tagger,
    fit_tagger,
    spans_of,
    tags_of,
    thinned,
)

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


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.integers(4, 60), st.integers(0, 9))
def test_thinning_keeps_every_value_with_its_neighbours_and_stands_for_all_the_rest(
    inside: list[bool], most: int, seed: int
) -> None:
    tags = np.array(inside, dtype=np.int64)
    kept, weights = thinned(tags, most=most, rng=np.random.default_rng(seed))
    values = set(np.flatnonzero(tags).tolist())
    near = {position + step for position in values for step in (-1, 0, 1)} & set(range(len(tags)))
    assert near <= set(kept.tolist())
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert weights.sum() == pytest.approx(len(tags))
    assert len(kept) <= max(most, len(near) + most // 4)


class Spelling:
    """A word is a one among as many zeros as there are words known."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._known = sorted({word for words in texts for word in words})
        self._training = np.concatenate([self.rows(words) for words in texts])

    def training(self, positions: IntArray) -> Any:
        return self._training[positions]

    def rows(self, words: Sequence[str]) -> Any:
        return np.array([[float(word == known) for known in self._known] for word in words])


def logistic(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=500)


RECIPE = WordRecipe("spelling", Spelling, logistic, (1e-6, 100.0), most_words=1000)
TEXTS = TaggedTexts(
    tuple(("go", "to", town, "town", "at", hour) for town in ("red", "blue") for hour in ("one", "two", "six")),
    tuple((Span(0, 2, 4), Span(1, 5, 6)) for _ in range(6)),
)


def test_a_tagger_finds_each_field_where_its_words_stand() -> None:
    rng = np.random.default_rng(0)
    tagger = fit_tagger(RECIPE, Spelling(TEXTS.words), TEXTS, range(6), strength=100.0, rng=rng)
    words = ("at", "six", "go", "to", "blue", "town")
    found, confidence = tagger.spans(tagger.shares(words))
    assert [(span.field, span.start, span.stop) for span in found] == [(1, 1, 2), (0, 4, 6)]
    assert 0.5 < confidence <= min(span.share for span in found)


def test_the_likeliest_span_is_found_even_where_none_is_likely() -> None:
    rng = np.random.default_rng(0)
    tagger = fit_tagger(RECIPE, Spelling(TEXTS.words), TEXTS, range(6), strength=0.01, rng=rng)
    shares = tagger.shares(("at", "six", "to"))
    best = tagger.likeliest(1, shares)
    assert best is not None
    assert (best.start, best.stop) == (1, 2)
    assert tagger.likeliest(1, tagger.shares(())) is None
    assert tagger.likeliest(7, shares) is None


def test_the_strength_that_gets_held_out_texts_right_is_chosen() -> None:
    choice = choose_tagger(
        RECIPE,
        Spelling(TEXTS.words),
        TEXTS,
        [([0, 1, 4, 5], [2, 3])],
        rng=np.random.default_rng(0),
        report=lambda done, total: None,
    )
    assert choice.strength == 100.0
    assert dict(choice.shares)[1e-6] == 0


def test_without_folds_the_middle_strength_is_taken() -> None:
    features, rng = Spelling(TEXTS.words), np.random.default_rng(0)
    assert choose_tagger(RECIPE, features, TEXTS, [], rng=rng, report=print).strength == 100.0


def test_texts_that_are_values_throughout_are_tagged_so() -> None:
    texts = TaggedTexts((("a",), ("b",)), ((Span(0, 0, 1),), (Span(0, 0, 1),)))
    rng = np.random.default_rng(0)
    tagger = fit_tagger(RECIPE, Spelling(texts.words), texts, range(2), strength=1.0, rng=rng)
    found, _ = tagger.spans(tagger.shares(("a",)))
    assert [(span.start, span.stop) for span in found] == [(0, 1)]
