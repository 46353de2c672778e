"""Chooses the shots for an input."""

from __future__ import annotations

from collections.abc import Sequence

from rung.strategies.asking import answer_text
from rung.strategies.contract import TrainData
from rung.strategies.index_prompting import Found, IndexedTexts
from rung.task.example import Example
from rung.task.protocols import Shot

_MARGIN = 4
"""Candidates looked at per shot, so that several variants of one original leave enough others to choose from."""


def solved_examples(train: TrainData, *, shots: int) -> IndexedTexts:
    """The training examples that have an answer to show, by their inputs; at most `shots` of them go into a prompt."""
    shown = [(example, answer) for example in train.examples if (answer := answer_text(train.task, example.expected))]

    def find(positions: Sequence[int]) -> Found:
        """The nearest examples, one per original: a variant of a shown example would only repeat it."""
        chosen: dict[str, tuple[Example, str]] = {}
        for position in positions:
            example, answer = shown[position]
            chosen.setdefault(example.derived_from or example.id, (example, answer))
        nearest = list(chosen.values())[:shots]
        return Found(shots=tuple(Shot(example.input, answer) for example, answer in reversed(nearest)))

    inputs = [example.input for example, _ in shown]
    return IndexedTexts(inputs, shots * _MARGIN, find, passages=False, what="examples")
