"""Encodes the training text once and fits the head on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_fit import fit_head
from rung.strategies.linear_head import LinearHead, Recipe
from rung.strategies.needs import labelled_entries
from rung.task.protocols import Embeddings, Encoder

_ITERATIONS = 5_000


def fit(
    encoder: Encoder,
    train: TrainData,
    *,
    strengths: tuple[float, ...],
    version: str,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
    strategy: str,
) -> LinearHead:
    """A fitted head over the encoder's embeddings."""
    examples = [example.input for example in train.examples]
    passages = [entry.passage for entry in labelled_entries(train)]
    total = len(examples) + len(passages)
    checkpoint.report(0, total, "encoding")
    known: dict[str, Embeddings] = {}
    # Examples and passages apart, in their own order: the same two lists that other strategies index.
    for texts in (examples, passages):
        if texts:
            known.update(zip(texts, encoder.encode(texts), strict=True))
    checkpoint.report(total, total, "encoding")
    features = EncodedTexts(encoder, known)

    def same_features(_: Sequence[str]) -> EncodedTexts:
        return features

    recipe = Recipe(
        version=f"{version} {encoder.identity}", features=same_features, classifier=_classifier, strengths=strengths
    )
    return fit_head(recipe, train, rng=rng, checkpoint=checkpoint, strategy=strategy)


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
