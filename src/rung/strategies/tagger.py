"""A classifier of words that finds values: fitted, chosen and kept.

Words are tagged by a multinomial logistic regression, as in the maximum-entropy taggers of Ratnaparkhi (1996), and the
best legal sequence is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from rung.strategies.head_choice import fit_classifier
from rung.strategies.linear_head import softmax
from rung.strategies.tagging import OUTSIDE, IntArray, Span, begins, best_legal_tags, spans_of, tags_of
from rung.task.protocols import FloatArray

_LEAST_SHARE = 1e-9


class WordFeatures(Protocol):
    """A fitted way from the words of a text to numbers."""

    def training(self, positions: IntArray) -> Any:
        """Shape (len(positions), n_features), dense or scipy sparse: words of the training texts, counted through
        all texts in their order."""

    def rows(self, words: Sequence[str]) -> Any:
        """Shape (len(words), n_features), always computed afresh: what one request costs in production."""

    def saved(self) -> dict[str, Any]:
        """What `WordRecipe.restored` needs to make features for new texts again; JSON values only."""


@dataclass(frozen=True, slots=True)
class WordRecipe:
    """What tells two taggers apart.

    `features` fits the features on texts given as words, and `restored` makes them again from what was saved (they
    have no training words then); `classifier` makes an unfitted scikit-learn logistic
    regression with this inverse regularisation strength; `strengths` are the candidates, weakest fit first. At most
    `most_words` words are fitted on. `version` changes with anything that changes the result.
    """

    version: str
    features: Callable[[Sequence[Sequence[str]]], WordFeatures]
    restored: Callable[[Mapping[str, Any]], WordFeatures]
    classifier: Callable[[float], Any]
    strengths: tuple[float, ...]
    most_words: int


@dataclass(frozen=True, slots=True)
class TaggedTexts:
    """Texts as words, with the spans that are known in each."""

    words: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class TaggerChoice:
    """`strength` is scikit-learn's C; `shares` holds [strength, share of held-out texts whose spans were all right],
    empty when train has too few groups to hold any out."""

    strength: float
    shares: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class TagWeights:
    """A fitted multinomial logistic regression: `tags`, `coefficients` of shape (n_tags, n_features) and
    `intercepts` of shape (n_tags,), rows in the order of the tags."""

    tags: tuple[int, ...]
    coefficients: FloatArray
    intercepts: FloatArray

    def shares(self, matrix: Any) -> FloatArray:
        """The probability of each tag at each row of features, shape (n_rows, n_tags), none quite 0."""
        decisions = np.asarray(matrix @ self.coefficients.T, dtype=np.float64) + self.intercepts
        return np.maximum(softmax(decisions, 1.0), _LEAST_SHARE)


class Tagger:
    """A fitted classifier of words."""

    def __init__(self, features: WordFeatures, weights: TagWeights) -> None:
        self.features = features
        self.weights = weights
        self._tags = weights.tags

    def shares(self, words: Sequence[str]) -> FloatArray:
        """The probability of each tag at each word, shape (n_words, n_tags)."""
        if not words:
            return np.zeros((0, len(self._tags)))
        return self.weights.shares(self.features.rows(words))

    def spans(self, shares: FloatArray) -> tuple[list[Span], float]:
        """(the spans of the best legal sequence, the probability of its least certain tag; 1 without words)."""
        tags = best_legal_tags(np.log(shares), self._tags)
        columns = [self._tags.index(tag) for tag in tags]
        chosen = shares[np.arange(len(tags)), columns]
        return spans_of(tags, chosen), float(chosen.min()) if len(chosen) else 1.0

    def likeliest(self, field: int, shares: FloatArray) -> Span | None:
        """The span that this field most probably has, however improbable; None without words or where the tagger
        knows no such field."""
        if begins(field) not in self._tags or not len(shares):
            return None
        first = shares[:, self._tags.index(begins(field))]
        start = int(first.argmax())
        stop = start + 1
        inside = begins(field) + 1
        if inside in self._tags:
            column = self._tags.index(inside)
            while stop < len(shares) and shares[stop].argmax() == column:
                stop += 1
        return Span(field, start, stop, float(first[start]))


def choose_tagger(
    recipe: WordRecipe,
    features: WordFeatures,
    texts: TaggedTexts,
    folds: Sequence[tuple[Sequence[int], Sequence[int]]],
    *,
    rng: np.random.Generator,
    report: Callable[[int, int], None],
) -> TaggerChoice:
    """The strength that has all spans of a held-out text right most often; of equals the strongest regularisation.

    One fold of whole groups is held out, the first: a tagger is fitted on words, of which even that fold has many.
    `report` takes (done, total).
    """
    if not folds:
        return TaggerChoice(recipe.strengths[len(recipe.strengths) // 2], ())
    fit_on, held = folds[0]
    if not any(texts.spans[position] for position in fit_on):
        return TaggerChoice(recipe.strengths[len(recipe.strengths) // 2], ())
    first_word = _first_words(texts)
    found: list[tuple[float, float]] = []
    for number, strength in enumerate(recipe.strengths):
        tagger = fit_tagger(recipe, features, texts, fit_on, strength=strength, rng=rng)
        right = [_all_right(tagger, texts, first_word, position) for position in held]
        found.append((strength, float(np.mean(right))))
        report(number + 1, len(recipe.strengths))
    strength, _ = max(found, key=lambda pair: (pair[1], -pair[0]))
    return TaggerChoice(strength, tuple(found))


def _all_right(tagger: Tagger, texts: TaggedTexts, first_word: IntArray, position: int) -> bool:
    where = np.arange(first_word[position], first_word[position + 1])
    spans, _ = tagger.spans(tagger.weights.shares(tagger.features.training(where)))
    expected = tags_of(len(where), texts.spans[position])
    return bool((tags_of(len(where), spans) == expected).all())


def _first_words(texts: TaggedTexts) -> IntArray:
    """The number of the first word of each text, counted through all of them, and behind them that of all words."""
    numbers: IntArray = np.cumsum([0, *(len(words) for words in texts.words)])
    return numbers


def fit_tagger(
    recipe: WordRecipe,
    features: WordFeatures,
    texts: TaggedTexts,
    positions: Sequence[int],
    *,
    strength: float,
    rng: np.random.Generator,
) -> Tagger:
    """A tagger fitted on the texts at these positions. `features` were made from all the texts, in their order."""
    first_word = _first_words(texts)
    where = np.concatenate([np.arange(first_word[i], first_word[i + 1]) for i in positions])
    tags = np.concatenate([tags_of(len(texts.words[i]), texts.spans[i]) for i in positions])
    kept, weights = thinned(tags, most=recipe.most_words, rng=rng)
    matrix = features.training(where[kept])
    return Tagger(features, _weights(recipe.classifier(strength), matrix, tags[kept], weights))


def _weights(classifier: Any, matrix: Any, tags: IntArray, weights: FloatArray) -> TagWeights:
    known = sorted(set(tags.tolist()))
    if len(known) == 1:  # every text is one word and a value
        return TagWeights((known[0],), np.zeros((1, matrix.shape[1])), np.zeros(1))
    fit_classifier(classifier, matrix, tags.tolist(), weights)
    coefficients, intercepts = np.asarray(classifier.coef_, np.float64), np.asarray(classifier.intercept_, np.float64)
    if len(known) == 2:  # one row says how far the second tag is ahead
        coefficients, intercepts = np.vstack([0 * coefficients, coefficients]), np.array([0.0, *intercepts])
    return TagWeights(tuple(known), coefficients, intercepts)


def thinned(tags: IntArray, *, most: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """(positions to fit on, in order; how many words each stands for).

    All words where there are at most `most`. Otherwise every word of a value and the words next to one stay, and of
    the other words outside as many as there is room for, each standing for its share of those left out.
    """
    if len(tags) <= most:
        return np.arange(len(tags)), np.ones(len(tags))
    inside = tags != OUTSIDE
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    far = np.flatnonzero(~near)
    room = max(most - int(near.sum()), most // 4)
    drawn = rng.choice(far, size=min(room, len(far)), replace=False)
    kept = np.sort(np.concatenate([np.flatnonzero(near), drawn]))
    weights = np.where(near[kept], 1.0, len(far) / max(len(drawn), 1))
    return kept, weights
