"""Chooses the shots for each input and asks."""

from __future__ import annotations

from collections.abc import Sequence

from rung.retrieval import HybridIndex
from rung.strategies.contract import TrainData
from rung.strategies.prompting import ask, instructions_text
from rung.task.example import Example
from rung.task.protocols import Encoder, Generator, Prediction, Prompt, Shot

_MARGIN = 4
"""Candidates looked at per shot, so that several variants of one original leave enough others to choose from."""


class FewShotPredictor:
    """Shows the nearest examples, the nearest last, next to the question."""

    def __init__(self, generator: Generator, encoder: Encoder, train: TrainData, *, shots: int) -> None:
        self._generator = generator
        self._instructions = instructions_text(train.task, train.labels)
        self._labels = train.labels
        self._examples = tuple(train.examples)
        self._index = HybridIndex([example.input for example in self._examples], encoder)
        self._shots = shots

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order."""
        found = self._index.search(inputs, self._shots * _MARGIN)
        prompts = [
            Prompt(instructions=self._instructions, question=text, shots=self._choose(positions))
            for text, positions in zip(inputs, found, strict=True)
        ]
        return ask(self._generator, prompts, self._labels)

    def _choose(self, positions: Sequence[int]) -> tuple[Shot, ...]:
        """The nearest examples, one per original: a variant of a shown example would only repeat it."""
        chosen: dict[str, Example] = {}
        for position in positions:
            example = self._examples[position]
            chosen.setdefault(example.derived_from or example.id, example)
        nearest = list(chosen.values())[: self._shots]
        return tuple(Shot(example.input, example.expected) for example in reversed(nearest))
