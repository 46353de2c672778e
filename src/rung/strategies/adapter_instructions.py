"""What an adapter is asked: the task in a few words, without what it learns from the examples."""

from __future__ import annotations

from rung.strategies import asking
from rung.task.task import Task

DEFAULT_INSTRUCTIONS = "Decide which label the text belongs to."
DEFAULT_INSTRUCTIONS_SEVERAL = "Write the labels that the text belongs to as a JSON array."
DEFAULT_INSTRUCTIONS_RECORD = "Write what the text says as one JSON object."


def instructions_text(task: Task, *, passages: bool = False) -> str:
    """The task's instructions without the list of labels or fields: the adapter learns those from the examples.

    Answers and free texts have nothing to be listed, and are asked for as the prompts do.
    """
    if task.kind in ("answer", "generate"):
        return asking.instructions_text(task, (), passages=passages)
    if task.kind == "extract":
        return task.instructions.strip() or DEFAULT_INSTRUCTIONS_RECORD
    return task.instructions.strip() or (DEFAULT_INSTRUCTIONS_SEVERAL if task.multi_label else DEFAULT_INSTRUCTIONS)
