"""What a split evens out over its parts, beside segments: labels, or what stands for them where there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from rung.task.example import Example
from rung.task.task import Task

NO_LABEL = "(no label)"


@dataclass(frozen=True, slots=True)
class Strata:
    """`of` gives the strata that an item belongs to; `noun` and `plural` are what they are called."""

    noun: str
    plural: str
    of: Callable[[Example], tuple[str, ...]]


def strata_for(task: Task) -> Strata:
    """By kind: the label; every label of an item; the top-level fields of its record; whether it has an answer.

    A text to generate has nothing of the kind, so its items have no strata.
    """
    if task.kind == "classify":
        return SEVERAL_LABELS if task.multi_label else ONE_LABEL
    return {"extract": FIELDS, "answer": ANSWERABLE}.get(task.kind, NOTHING)


def _label(example: Example) -> tuple[str, ...]:
    return (example.expected,)


def _labels(example: Example) -> tuple[str, ...]:
    labels: list[str] = json.loads(example.expected)
    return tuple(labels) or (NO_LABEL,)


def _fields(example: Example) -> tuple[str, ...]:
    # Fields one by one, not the sets of them: sets are nearly as many as items, and then nothing is evened out
    # (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", ECML PKDD 2011).
    return tuple(key for key, value in json.loads(example.expected).items() if value is not None)


def _answerable(example: Example) -> tuple[str, ...]:
    return ("answerable" if example.expected else "unanswerable",)


def _nothing(_: Example) -> tuple[str, ...]:
    return ()


ONE_LABEL = Strata("label", "Labels", _label)
SEVERAL_LABELS = Strata("label", "Labels", _labels)
FIELDS = Strata("field", "Fields", _fields)
ANSWERABLE = Strata("kind of question", "Kinds of questions", _answerable)
NOTHING = Strata("item", "Items", _nothing)
