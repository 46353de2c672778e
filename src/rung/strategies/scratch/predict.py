"""The model of one's own in use."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Tokenizer

from rung.learning.one_thread import one_thread
from rung.strategies.scratch.model import OwnModel
from rung.strategies.scratch.recipe import RECIPE
from rung.strategies.scratch.tokenizer import text_ids
from rung.task.protocols import Prediction


class OwnModelPredictor:
    """Reads one text at a time and on one thread, so that an answer depends on nothing else that was asked."""

    def __init__(self, model: OwnModel, tokenizer: Tokenizer, labels: tuple[str, ...]) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._labels = labels

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `confidence` is the label's probability among all labels.

        An input longer than the model can read has no answer, and `failure` says "truncated".
        """
        with one_thread():
            return [self._answer(text) for text in inputs]

    def _answer(self, text: str) -> Prediction:
        ids = text_ids(self._tokenizer, text)
        if len(ids) > RECIPE.longest_text_tokens:
            return Prediction("", input_tokens=len(ids), output_tokens=0, failure="truncated")
        probabilities = self._model.label_probabilities(ids)
        best = int(probabilities.argmax())
        return Prediction(
            output=self._labels[best],
            confidence=float(probabilities[best]),
            input_tokens=len(ids) + 2,
            output_tokens=1,
            raw=self._labels[best],
        )
