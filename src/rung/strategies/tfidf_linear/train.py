"""Fits the features and the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from rung.errors import InvalidData
from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_fit import fit_head
from rung.strategies.label_set_head import fit_label_sets
from rung.strategies.linear_head import Recipe
from rung.strategies.record_fit import fit_records
from rung.strategies.sentence_choice import fit_sentences
from rung.strategies.tagger import WordRecipe
from rung.strategies.tfidf_linear.normal_form import normalised
from rung.strategies.tfidf_linear.sentence_features import LexicalSentences
from rung.strategies.tfidf_linear.word_features import WordSurroundings
from rung.task.protocols import Predictor

_ITERATIONS = 20_000
_TOLERANCE = 0.01
"""Ten times tighter than LIBLINEAR's own default for this solver. scikit-learn's 0.0001 doubled the time of a fit and
changed no accuracy in the medical-coding trial."""
_WORD_ITERATIONS = 200
_WORD_TOLERANCE = 0.001
_MOST_WORDS = 40_000
_WORD = r"(?u)\b\w+\b"


def fit(
    train: TrainData,
    *,
    strengths: tuple[float, ...],
    word_strengths: tuple[float, ...],
    version: str,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
    strategy: str,
) -> Predictor:
    """What the kind of task asks for, fitted over word and character counts."""
    recipe = Recipe(version=version, features=WordsAndCharacters, classifier=_classifier, strengths=strengths)
    if train.task.kind == "extract":
        words = WordRecipe(
            version=version,
            features=WordSurroundings.learned,
            restored=WordSurroundings.restored,
            classifier=_word_classifier,
            strengths=word_strengths,
            most_words=_MOST_WORDS,
        )
        return fit_records(recipe, words, train, rng=rng, checkpoint=checkpoint, strategy=strategy)
    if train.task.kind == "answer":
        return fit_sentences(LexicalSentences, train, rng=rng, checkpoint=checkpoint, strategy=strategy)
    if train.task.multi_label:
        return fit_label_sets(recipe, train, rng=rng, checkpoint=checkpoint, strategy=strategy)
    return fit_head(recipe, train, rng=rng, checkpoint=checkpoint, strategy=strategy)


def _classifier(strength: float) -> Any:
    # The solver visits items in a random order: its seed is fixed, so that equal data gives equal weights.
    return LinearSVC(C=strength, tol=_TOLERANCE, max_iter=_ITERATIONS, random_state=0)


def _word_classifier(strength: float) -> Any:
    return LogisticRegression(C=strength, tol=_WORD_TOLERANCE, max_iter=_WORD_ITERATIONS)


class WordsAndCharacters:
    """TF-IDF of words and of characters within words, side by side, each half of unit length."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Learns vocabulary and document frequencies. A half that finds nothing in any text (words, where all are
        signs) is left out; `InvalidData` when both are."""
        words = TfidfVectorizer(preprocessor=normalised, token_pattern=_WORD, ngram_range=(1, 2), sublinear_tf=True)
        characters = TfidfVectorizer(preprocessor=normalised, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._halves = [half for half in (words, characters) if _has_vocabulary(half, texts)]
        if not self._halves:
            raise InvalidData("every training text is blank: there is nothing to count; check data.examples")

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Shape (len(texts), n_features), sparse."""
        return hstack([half.transform(list(texts)) for half in self._halves], format="csr")

    def row(self, text: str) -> csr_matrix:
        """Shape (1, n_features), sparse."""
        return self.matrix([text])


def _has_vocabulary(vectoriser: TfidfVectorizer, texts: Sequence[str]) -> bool:
    """Fits the vectoriser; False when no text holds a single countable thing."""
    analyse = vectoriser.build_analyzer()
    if not any(analyse(text) for text in texts):
        return False
    vectoriser.fit(list(texts))
    return True
