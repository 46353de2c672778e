"""What is different where the adapter writes, and when it reads passages first."""

from __future__ import annotations

from dataclasses import dataclass

from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class WritingRecipe:
    """What is different where the adapter writes its answers.

    A training example may have `longest_example_tokens` without the instructions. A question about a corpus gets up to
    `notes` passages, of `notes_tokens` together.
    """

    version: int = 1
    longest_example_tokens: int = 1_536
    notes: int = 3
    notes_tokens: int = 1_024


WRITING = WritingRecipe()


def reads_notes(task: Task, *, entries: int) -> bool:
    """True where the adapter is trained and asked with retrieved passages: questions that a corpus answers."""
    return task.kind == "answer" and entries > 0
