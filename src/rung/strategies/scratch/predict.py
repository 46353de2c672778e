"""The model of one's own in use."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Tokenizer

from rung.learning.one_thread import one_thread
from rung.strategies.asking import from_written
from rung.strategies.scratch.model import OwnModel
from rung.strategies.scratch.recipe import RECIPE
from rung.strategies.scratch.tokenizer import ids_text, text_ids
from rung.strategies.scratch.writer import OwnWriter
from rung.task.protocols import Prediction, Written
from rung.task.task import Task


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


class OwnWriterPredictor:
    """Reads one text at a time and on one thread, and writes greedily; in no form but the one that it learned."""

    def __init__(
        self, model: OwnWriter, tokenizer: Tokenizer, task: Task, labels: tuple[str, ...], *, most_tokens: int
    ) -> None:
        """`most_tokens`: no answer that was learned is longer, end mark included."""
        self._model, self._tokenizer = model, tokenizer
        self._task, self._labels = task, labels
        self._most_tokens = most_tokens

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order, as `strategies/asking.py` reads it.

        An input longer than the model can read has no answer, and `failure` says "truncated".
        """
        with one_thread():
            return [from_written(self._task, self._labels, self._written(text)) for text in inputs]

    def _written(self, text: str) -> Written:
        ids = text_ids(self._tokenizer, text)
        if len(ids) > RECIPE.longest_text_tokens:
            return Written("", len(ids), 0, failure="truncated")
        answer = self._model.write(ids, most_tokens=min(self._most_tokens, self._model.room_behind(len(ids))))
        said = ids_text(self._tokenizer, answer.tokens)
        return Written(
            text=said,
            input_tokens=len(ids) + 2,
            output_tokens=len(answer.tokens) + answer.ended,
            confidence=answer.confidence,
            failure="truncated" if not answer.ended else None if said else "empty",
        )
