"""What an adapter learns from the examples, as pairs of what it is asked and what it should answer."""

from __future__ import annotations

from rung.errors import InvalidData
from rung.learning.labelled_text import LabelledText
from rung.strategies.asking import answer_text
from rung.strategies.contract import TrainData
from rung.strategies.index_prompting import Found
from rung.task.example import Example
from rung.task.task import Task

NOTHING = Found()


def examples_to_learn(train: TrainData) -> list[Example]:
    """The examples that have an answer to learn: a free text without a reference teaches nothing."""
    return [example for example in train.examples if example.expected or train.task.kind == "answer"]


def learned_text(task: Task, example: Example, found: Found = NOTHING) -> LabelledText:
    """The example with its answer as the model should write it, behind what was found for it."""
    answer = answer_text(task, example.expected)
    return LabelledText(example.id, example.input, answer, notes=found.notes, shots=found.shots)


def nothing_to_learn(strategy: str) -> InvalidData:
    """The error where no example is left to learn from."""
    return InvalidData(
        f"strategy {strategy} learns to write from examples with an expected text, and the training split has none; "
        "add expected texts under data.examples"
    )
