"""Encodes the training text once and fits the head on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rung.errors import ModelUnavailable
from rung.strategies.contract import Checkpoint, Models, TrainData
from rung.strategies.encoder_head.sentence_features import DenseSentences
from rung.strategies.encoder_head.word_features import EncodedWords
from rung.strategies.head_fit import fit_head
from rung.strategies.label_set_head import fit_label_sets
from rung.strategies.linear_head import Recipe
from rung.strategies.needs import labelled_entries
from rung.strategies.record_fit import fit_records
from rung.strategies.sentence_choice import fit_sentences
from rung.strategies.tagger import WordRecipe
from rung.task.example import CorpusEntry
from rung.task.protocols import Embeddings, Encoder, Predictor, WordEncoder

_ITERATIONS = 5_000
_WORD_ITERATIONS = 200
_WORD_TOLERANCE = 0.001
_MOST_WORDS = 40_000


def fit(
    encoder: Encoder,
    models: Models,
    train: TrainData,
    *,
    strengths: tuple[float, ...],
    word_strengths: tuple[float, ...],
    version: str,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
    strategy: str,
) -> Predictor:
    """What the kind of task asks for, fitted over the encoder's embeddings."""
    if train.task.kind == "answer":

        def finder(entries: Sequence[CorpusEntry], most_words: int) -> DenseSentences:
            return DenseSentences(encoder, entries, most_words)

        return fit_sentences(finder, train, rng=rng, checkpoint=checkpoint, strategy=strategy)
    single = train.task.kind == "classify" and not train.task.multi_label
    features = encoded(encoder, train, with_corpus=single, checkpoint=checkpoint)

    def same_features(_: Sequence[str]) -> EncodedTexts:
        return features

    version = f"{version} {encoder.identity}"
    recipe = Recipe(version=version, features=same_features, classifier=_classifier, strengths=strengths)
    if train.task.kind == "extract":
        words = word_recipe(word_encoder_of(models, strategy), version, word_strengths)
        return fit_records(recipe, words, train, rng=rng, checkpoint=checkpoint, strategy=strategy)
    if train.task.multi_label:
        return fit_label_sets(recipe, train, rng=rng, checkpoint=checkpoint, strategy=strategy)
    return fit_head(recipe, train, rng=rng, checkpoint=checkpoint, strategy=strategy)


def encoded(encoder: Encoder, train: TrainData, *, with_corpus: bool, checkpoint: Checkpoint) -> EncodedTexts:
    """The training texts, and on request the labelled passages, each encoded once."""
    examples = [example.input for example in train.examples]
    passages = [entry.passage for entry in labelled_entries(train)] if with_corpus else []
    total = len(examples) + len(passages)
    checkpoint.report(0, total, "encoding")
    known: dict[str, Embeddings] = {}
    # Examples and passages apart, in their own order: the same two lists that other strategies index.
    for texts in (examples, passages):
        if texts:
            known.update(zip(texts, encoder.encode(texts), strict=True))
    checkpoint.report(total, total, "encoding")
    return EncodedTexts(encoder, known)


def word_recipe(encoder: WordEncoder, version: str, strengths: tuple[float, ...]) -> WordRecipe:
    """The recipe of a tagger over what this encoder makes of words."""

    def features(texts: Sequence[Sequence[str]]) -> EncodedWords:
        return EncodedWords(encoder, texts)

    def restored(_: Mapping[str, Any]) -> EncodedWords:
        return EncodedWords(encoder, [])

    return WordRecipe(
        version=f"{version} {encoder.identity}",
        features=features,
        restored=restored,
        classifier=_word_classifier,
        strengths=strengths,
        most_words=_MOST_WORDS,
    )


def word_encoder_of(models: Models, strategy: str) -> WordEncoder:
    """The encoder of words, or `ModelUnavailable` naming the strategy that wants it."""
    if models.words is None:
        why = models.why or "none is available here; choose an embedded encoder under models in rung.yaml"
        raise ModelUnavailable(f"strategy {strategy} needs an encoder that tells words apart: {why}")
    return models.words


def _word_classifier(strength: float) -> Any:
    return LogisticRegression(C=strength, tol=_WORD_TOLERANCE, max_iter=_WORD_ITERATIONS)


def _classifier(strength: float) -> Any:
    return LogisticRegression(C=strength, max_iter=_ITERATIONS)


class EncodedTexts:
    """Embeddings as features. The encoder is frozen, so there is nothing to fit."""

    def __init__(self, encoder: Encoder, known: Mapping[str, Embeddings]) -> None:
        """`known` maps each training text to its embedding, shape (dimensions,)."""
        self._encoder = encoder
        self._known = known

    def matrix(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), dimensions), of training texts only."""
        return np.array([self._known[text] for text in texts], dtype=np.float64)

    def row(self, text: str) -> NDArray[np.float64]:
        """Shape (1, dimensions)."""
        return self._encoder.encode([text]).astype(np.float64)
