"""The tuned model in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.learning.chat_prompt import answer_ids
from rung.learning.greedy import GreedyWriter
from rung.learning.label_scoring import LabelScorer, LabelScores
from rung.strategies.asking import from_written
from rung.strategies.lora.notes import Notes
from rung.task.protocols import Prediction, Prompt
from rung.task.task import Task


class AdapterPredictor:
    """Answers with the label whose tokens the tuned model finds most likely.

    Scores are not calibrated by a content-free prompt: that takes away a prior which came from pre-training,
    while this model's prior was learned from the training labels by the very likelihood that is compared here.
    """

    def __init__(self, model: Any, tokenizer: Any, labels: tuple[str, ...], instructions: str) -> None:
        self._scorer = LabelScorer(model, tokenizer, labels, calibrate=False)
        self._answer_tokens = {label: len(answer_ids(label, tokenizer)) for label in labels}
        self._instructions = instructions

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `confidence` is the label's probability among all labels.

        An input longer than the model is asked to read has no answer, and `failure` says "truncated".
        """
        prompts = [Prompt(instructions=self._instructions, question=text) for text in inputs]
        return [self._prediction(scores) for scores in self._scorer.score(prompts)]

    def _prediction(self, scores: LabelScores) -> Prediction:
        if scores.best is None:
            return Prediction("", input_tokens=scores.input_tokens, output_tokens=0, failure="truncated")
        return Prediction(
            output=scores.best,
            confidence=scores.confidence,
            input_tokens=scores.input_tokens,
            output_tokens=self._answer_tokens[scores.best],
            raw=scores.best,
        )


class AdapterWriter:
    """Writes the answer with the tuned model, greedily; reads retrieved passages first where it was trained with some.

    What it writes is not forced into any form, so that the contract's breaches are seen and counted.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        task: Task,
        labels: tuple[str, ...],
        *,
        instructions: str,
        most_tokens: int,
        notes: Notes | None,
    ) -> None:
        self._writer = GreedyWriter(model, tokenizer)
        self._task, self._labels = task, labels
        self._instructions = instructions
        self._most_tokens = most_tokens
        self._notes = notes

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order, as `strategies/asking.py` reads it; `retrieved` names the passages."""
        found = self._notes.find(inputs) if self._notes else [()] * len(inputs)
        prompts = [
            Prompt(self._instructions, text, notes=tuple(entry.passage for entry in entries))
            for text, entries in zip(inputs, found, strict=True)
        ]
        written = self._writer.write(prompts, most_tokens=self._most_tokens)
        return [
            from_written(self._task, self._labels, answer, tuple(entry.id for entry in entries))
            for answer, entries in zip(written, found, strict=True)
        ]
