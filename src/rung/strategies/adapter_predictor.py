"""A tuned model in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from rung.learning.chat_prompt import answer_ids
from rung.learning.greedy import GreedyWriter
from rung.learning.label_scoring import LabelScorer, LabelScores
from rung.strategies.asking import chooses, from_written, most_tokens
from rung.strategies.contract import TrainData
from rung.strategies.index_prompting import Found
from rung.task.protocols import Prediction, Predictor, Prompt
from rung.task.task import Task


class Finder(Protocol):
    """Finds what a model reads before a question, the way it was trained."""

    def find(self, questions: Sequence[str]) -> list[Found]:
        """What stands in the prompt of each question, in order; none depends on the others."""


def adapter_predictor(
    model: Any,
    tokenizer: Any,
    train: TrainData,
    *,
    instructions: str,
    longest_answer: int,
    finder: Finder | None,
) -> Predictor:
    """The tuned `model` for the task: it scores the labels of a choice, and writes everything else.

    `longest_answer` is the longest that it learned, in tokens; `finder` is None where it reads the question alone.
    """
    if chooses(train.task):
        return AdapterPredictor(model, tokenizer, train.labels, instructions, finder)
    longest = longest_written(train, longest_answer)
    return AdapterWriter(
        model, tokenizer, train.task, train.labels, instructions=instructions, most_tokens=longest, finder=finder
    )


def longest_written(train: TrainData, longest_answer: int) -> int:
    """The most tokens that the tuned model answers with: an adapter may be taught answers that are longer than a task
    of this form seems to ask for."""
    return longest_answer if chooses(train.task) else max(most_tokens(train.task, train.labels), longest_answer)


class AdapterPredictor:
    """Answers with the label whose tokens the tuned model finds most likely.

    Scores are not calibrated by a content-free prompt: that takes away a prior which came from pre-training,
    while this model's prior was learned from the training labels by the very likelihood that is compared here.
    """

    def __init__(
        self, model: Any, tokenizer: Any, labels: tuple[str, ...], instructions: str, finder: Finder | None = None
    ) -> None:
        self._scorer = LabelScorer(model, tokenizer, labels, calibrate=False)
        self._answer_tokens = {label: len(answer_ids(label, tokenizer)) for label in labels}
        self._instructions = instructions
        self._finder = finder

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `confidence` is the label's probability among all labels, `retrieved`
        names the passages that were read.

        An input longer than the model is asked to read has no answer, and `failure` says "truncated".
        """
        found = _found(self._finder, inputs)
        scored = self._scorer.score(_prompts(self._instructions, inputs, found))
        return [self._prediction(scores, one.ids) for scores, one in zip(scored, found, strict=True)]

    def _prediction(self, scores: LabelScores, retrieved: tuple[str, ...]) -> Prediction:
        if scores.best is None:
            return Prediction(
                "", retrieved=retrieved, input_tokens=scores.input_tokens, output_tokens=0, failure="truncated"
            )
        return Prediction(
            output=scores.best,
            confidence=scores.confidence,
            retrieved=retrieved,
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
        finder: Finder | None,
    ) -> None:
        self._writer = GreedyWriter(model, tokenizer)
        self._task, self._labels = task, labels
        self._instructions = instructions
        self._most_tokens = most_tokens
        self._finder = finder

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order, as `strategies/asking.py` reads it; `retrieved` names the passages."""
        found = _found(self._finder, inputs)
        written = self._writer.write(_prompts(self._instructions, inputs, found), most_tokens=self._most_tokens)
        return [
            from_written(self._task, self._labels, answer, one.ids) for answer, one in zip(written, found, strict=True)
        ]


def _found(finder: Finder | None, inputs: Sequence[str]) -> list[Found]:
    return finder.find(inputs) if finder is not None else [Found()] * len(inputs)


def _prompts(instructions: str, inputs: Sequence[str], found: Sequence[Found]) -> list[Prompt]:
    return [
        Prompt(instructions, text, notes=one.notes, shots=one.shots) for text, one in zip(inputs, found, strict=True)
    ]
