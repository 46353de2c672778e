from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.strategies.kept_tagger import load_tagger, save_tagger
from rung.strategies.tagger import (
    TaggedTexts,
    TaggerChoice,
    WordRecipe,
    choose_tagger,
    fit_tagger,
    thinned,
)
from rung.strategies.tagging import IntArray, Span, tags_of


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

    def __init__(self, texts: Sequence[Sequence[str]], known: Sequence[str] = ()) -> None:
        self._known = known or sorted({word for words in texts for word in words})
        self._texts = texts

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> Spelling:
        return cls((), saved["known"])

    def saved(self) -> dict[str, Any]:
        return {"known": list(self._known)}

    def training(self, positions: IntArray) -> Any:
        return np.concatenate([self.rows(words) for words in self._texts])[positions]

    def rows(self, words: Sequence[str]) -> Any:
        return np.array([[float(word == known) for known in self._known] for word in words])


def logistic(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=500)


RECIPE = WordRecipe("spelling", Spelling, Spelling.restored, logistic, (1e-6, 100.0), most_words=1000)
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


@pytest.mark.parametrize("spans", [((Span(0, 0, 2),), ()), ((Span(0, 0, 1), Span(1, 1, 2)), (Span(1, 0, 1),))])
def test_the_shares_are_those_of_the_library_it_was_fitted_with(spans: Any) -> None:
    """Two tags, where the library keeps one row of weights, and three."""
    texts = TaggedTexts((("a", "b"), ("c",)), spans)
    features = Spelling(texts.words)
    tagger = fit_tagger(RECIPE, features, texts, range(2), strength=2.0, rng=np.random.default_rng(0))
    tags = [tag for words, given in zip(texts.words, spans, strict=True) for tag in tags_of(len(words), given)]
    oracle = logistic(2.0).fit(features.training(np.arange(3)), tags)
    np.testing.assert_allclose(tagger.shares(("a", "c", "x")), oracle.predict_proba(features.rows(("a", "c", "x"))))


def test_a_kept_tagger_comes_back_to_the_last_digit_and_only_for_its_own_data(tmp_path: Path) -> None:
    tagger = fit_tagger(RECIPE, Spelling(TEXTS.words), TEXTS, range(6), strength=1.0, rng=np.random.default_rng(0))
    words = ("at", "six", "go")
    save_tagger(tmp_path / "t", "key", tagger, TaggerChoice(1.0, ((1.0, 0.5),)))
    read = load_tagger(tmp_path / "t", "key", RECIPE)
    assert read is not None
    np.testing.assert_array_equal(read.shares(words), tagger.shares(words))
    assert load_tagger(tmp_path / "t", "other", RECIPE) is None
    assert load_tagger(tmp_path / "none", "key", RECIPE) is None


@pytest.mark.parametrize("file", ["fit.json", "weights.npz", "manifest.json"])
def test_a_damaged_tagger_is_not_read(tmp_path: Path, file: str) -> None:
    tagger = fit_tagger(RECIPE, Spelling(TEXTS.words), TEXTS, range(6), strength=1.0, rng=np.random.default_rng(0))
    save_tagger(tmp_path / "t", "key", tagger, TaggerChoice(1.0, ()))
    path = tmp_path / "t" / file
    path.write_bytes(path.read_bytes()[:-7])
    assert load_tagger(tmp_path / "t", "key", RECIPE) is None
