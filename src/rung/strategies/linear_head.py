"""A linear decision over features of a text: what the classical and the encoder strategy share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from rung.task.protocols import FloatArray, Prediction


class Features(Protocol):
    """A fitted way from text to numbers."""

    def matrix(self, texts: Sequence[str]) -> Any:
        """Shape (len(texts), n_features), dense or scipy sparse; may use work already done for these texts."""

    def row(self, text: str) -> Any:
        """Shape (1, n_features), always computed afresh: what one request costs in production."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What tells two linear strategies apart.

    `features` fits the features on texts; `classifier` makes an unfitted scikit-learn linear classifier with this
    inverse regularisation strength; `strengths` are the candidates, weakest fit first. `version` changes with
    anything that changes the result.
    """

    version: str
    features: Callable[[Sequence[str]], Features]
    classifier: Callable[[float], Any]
    strengths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Texts with their labels, in the same order."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def __add__(self, other: LabelledTexts) -> LabelledTexts:
        return LabelledTexts(self.texts + other.texts, self.labels + other.labels)

    def take(self, positions: Sequence[int]) -> LabelledTexts:
        """The texts at these positions."""
        return LabelledTexts(tuple(self.texts[i] for i in positions), tuple(self.labels[i] for i in positions))


def margins(classifier: Any, features: Any, labels: Sequence[str]) -> FloatArray:
    """The classifier's decision values, shape (n_texts, n_labels), columns in the order of `labels`.

    A label that the classifier never saw gets minus infinity. With two labels seen the first gets 0 and the second
    the signed distance, so that a softmax over the row is the logistic function of the distance.
    """
    decisions = np.asarray(classifier.decision_function(features), dtype=np.float64)
    if decisions.ndim == 1:
        decisions = np.column_stack([np.zeros_like(decisions), decisions])
    result = np.full((decisions.shape[0], len(labels)), -np.inf)
    column_of = {label: column for column, label in enumerate(labels)}
    for column, label in enumerate(classifier.classes_):
        result[:, column_of[str(label)]] = decisions[:, column]
    return result


def softmax(rows: FloatArray, temperature: float) -> FloatArray:
    """Row-wise softmax of `rows / temperature`; minus infinity gets 0. Each row has a finite entry."""
    scaled = rows / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    shares: FloatArray = powers / powers.sum(axis=-1, keepdims=True)
    return shares


class LinearHead:
    """A fitted linear classifier as a `Predictor`. `temperature` turns its margins into probabilities."""

    def __init__(self, features: Features, classifier: Any, labels: Sequence[str], temperature: float) -> None:
        self._features = features
        self._classifier = classifier
        self._labels = tuple(labels)
        self._temperature = temperature

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; every input on its own, so that no other can move its digits."""
        return [self._answer(text) for text in inputs]

    def _answer(self, text: str) -> Prediction:
        row = margins(self._classifier, self._features.row(text), self._labels)[0]
        best = int(row.argmax())
        confidence = float(softmax(row[np.newaxis, :], self._temperature)[0, best])
        return Prediction(output=self._labels[best], confidence=confidence)
