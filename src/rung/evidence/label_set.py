"""The closed set of labels of a task, and whether the items keep to it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rung.errors import InvalidData
from rung.evidence.labels import label_problem, lookalikes
from rung.evidence.rows import Problems
from rung.task.example import Example
from rung.task.task import Task


def labels_of(example: Example, task: Task) -> tuple[str, ...]:
    """The labels of an item: one, any number, or none for kinds without labels."""
    if task.kind != "classify":
        return ()
    return tuple(json.loads(example.expected)) if task.multi_label else (example.expected,)


def check_labels(items: Iterable[tuple[int, Example]], task: Task, problems: Problems) -> None:
    """Add a problem for every label that is not declared, or looks like another; items come with their lines."""
    first_lines: dict[str, int] = {}
    for line, example in items:
        for label in labels_of(example, task):
            problem = label_problem(label, task.labels) if task.labels else None
            if problem is not None:
                problems.add(line, problem)
            first_lines.setdefault(label, line)
    if not task.labels:
        for line, problem in lookalikes(first_lines):
            problems.add(line, problem)


def closed_set(path: Path, examples: Sequence[Example], task: Task) -> tuple[tuple[str, ...], list[str]]:
    """The sorted labels and what to say about them; both empty for kinds without labels.

    InvalidData when there is nothing to tell apart.
    """
    if not examples:
        raise InvalidData(f"{path}: holds no item; write one labelled item per line")
    if task.kind == "answer" and not any(example.expected for example in examples):
        raise InvalidData(f"{path}: no question has an answer; give expected answers to some, or nothing can be right")
    if task.kind != "classify":
        return (), []
    counts = Counter(label for example in examples for label in labels_of(example, task))
    if len(counts) < 2:
        found = f"every item has the label {next(iter(counts))!r}" if counts else "no item has a label"
        raise InvalidData(f"{path}: {found}; give items of at least two labels, or nothing can be told apart")
    unseen = [label for label in task.labels if label not in counts]
    notes = []
    if unseen:
        shown = ", ".join(unseen[:8]) + (f" and {len(unseen) - 8} more" if len(unseen) > 8 else "")
        notes.append(
            f"No item has the declared label {shown}: nothing is known about it."
            if len(unseen) == 1
            else f"No item has these declared labels, so nothing is known about them: {shown}."
        )
    return tuple(sorted(task.labels or counts)), notes
