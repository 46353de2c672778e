"""Finding values in a text: every word begins a value of some field, continues one, or stands outside.

The scheme is BIO (Ramshaw and Marcus 1995, arXiv:cmp-lg/9505040); words are tagged by a logistic regression, and the
best legal sequence is found by Viterbi's algorithm (1967), as in the maximum-entropy taggers of Ratnaparkhi (1996).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rung.strategies.head_choice import fit_classifier
from rung.task.protocols import FloatArray

OUTSIDE = 0
IntArray = NDArray[np.int64]
_LEAST_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class Span:
    """Words `start` up to `stop` (not included) are a value of field number `field`. `share` in [0, 1] is the
    geometric mean probability of its tags; 1 for a span that is known."""

    field: int
    start: int
    stop: int
    share: float = 1.0


class WordFeatures(Protocol):
    """A fitted way from the words of a text to numbers."""

    def training(self, positions: IntArray) -> Any:
        """Shape (len(positions), n_features), dense or scipy sparse: words of the training texts, counted through
        all texts in their order."""

    def rows(self, words: Sequence[str]) -> Any:
        """Shape (len(words), n_features), always computed afresh: what one request costs in production."""


@dataclass(frozen=True, slots=True)
class WordRecipe:
    """What tells two taggers apart.

    `features` fits the features on texts given as words; `classifier` makes an unfitted scikit-learn logistic
    regression with this inverse regularisation strength; `strengths` are the candidates, weakest fit first. At most
    `most_words` words are fitted on. `version` changes with anything that changes the result.
    """

    version: str
    features: Callable[[Sequence[Sequence[str]]], WordFeatures]
    classifier: Callable[[float], Any]
    strengths: tuple[float, ...]
    most_words: int


def begins(field: int) -> int:
    """The tag of a word that begins a value of this field."""
    return 2 * field + 1


def tags_of(length: int, spans: Sequence[Span]) -> IntArray:
    """One tag per word, shape (length,): 0 outside, 2 f + 1 begins field f, 2 f + 2 continues it. Of spans that
    overlap the earlier in the sequence stands."""
    tags = np.zeros(length, dtype=np.int64)
    for span in spans:
        if not tags[span.start : span.stop].any():
            tags[span.start : span.stop] = begins(span.field) + 1
            tags[span.start] = begins(span.field)
    return tags


def spans_of(tags: Sequence[int], shares: FloatArray) -> list[Span]:
    """The spans of a legal sequence of tags, in order. `shares`: the probability of each word's tag."""
    found: list[Span] = []
    for position, tag in enumerate(tags):
        if tag % 2:
            found.append(Span(tag // 2, position, position + 1))
        elif tag != OUTSIDE:
            found[-1] = Span(found[-1].field, found[-1].start, position + 1)
    return [
        Span(span.field, span.start, span.stop, float(np.exp(np.log(shares[span.start : span.stop]).mean())))
        for span in found
    ]


def best_legal_tags(log_shares: FloatArray, tags: Sequence[int]) -> list[int]:
    """The sequence with the highest sum of `log_shares` in which every continuing word follows one of its field.

    `log_shares`: shape (n_words, n_tags), columns in the order of `tags`. Of equals the lower column.
    """
    n_words = len(log_shares)
    if not n_words:
        return []
    barred = np.array([[0.0 if _may_follow(before, after) else -np.inf for after in tags] for before in tags])
    starts = np.array([0.0 if _may_follow(OUTSIDE, tag) else -np.inf for tag in tags])
    score = starts + log_shares[0]
    back = np.zeros(log_shares.shape, dtype=np.int64)
    for position in range(1, n_words):
        ways = score[:, np.newaxis] + barred
        back[position] = ways.argmax(axis=0)
        score = ways.max(axis=0) + log_shares[position]
    column = int(score.argmax())
    path = [column]
    for position in range(n_words - 1, 0, -1):
        column = int(back[position, column])
        path.append(column)
    return [tags[column] for column in reversed(path)]


def _may_follow(before: int, after: int) -> bool:
    return after == OUTSIDE or after % 2 == 1 or before in (after, after - 1)


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


class Tagger:
    """A fitted classifier of words."""

    def __init__(self, features: WordFeatures, classifier: Any) -> None:
        self._features = features
        self._classifier = classifier
        self._tags = tuple(int(tag) for tag in classifier.classes_)

    def shares(self, words: Sequence[str]) -> FloatArray:
        """The probability of each tag at each word, shape (n_words, n_tags)."""
        if not words:
            return np.zeros((0, len(self._tags)))
        shares: FloatArray = np.maximum(self._classifier.predict_proba(self._features.rows(words)), _LEAST_SHARE)
        return shares

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
    found: list[tuple[float, float]] = []
    for number, strength in enumerate(recipe.strengths):
        tagger = fit_tagger(recipe, features, texts, fit_on, strength=strength, rng=rng)
        right = [_all_right(tagger, texts, position) for position in held]
        found.append((strength, float(np.mean(right))))
        report(number + 1, len(recipe.strengths))
    strength, _ = max(found, key=lambda pair: (pair[1], -pair[0]))
    return TaggerChoice(strength, tuple(found))


def _all_right(tagger: Tagger, texts: TaggedTexts, position: int) -> bool:
    words = texts.words[position]
    spans, _ = tagger.spans(tagger.shares(words))
    expected = tags_of(len(words), texts.spans[position])
    return bool((tags_of(len(words), spans) == expected).all())


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
    first_word = np.cumsum([0, *(len(words) for words in texts.words)])
    where = np.concatenate([np.arange(first_word[i], first_word[i + 1]) for i in positions])
    tags = np.concatenate([tags_of(len(texts.words[i]), texts.spans[i]) for i in positions])
    kept, weights = thinned(tags, most=recipe.most_words, rng=rng)
    single = len(np.unique(tags)) == 1  # every text is one word and a value
    classifier = _one_tag() if single else recipe.classifier(strength)
    return Tagger(features, fit_classifier(classifier, features.training(where[kept]), tags[kept].tolist(), weights))


def _one_tag() -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


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
