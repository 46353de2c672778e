"""What a task calls right for a request that belongs to none of its labels and passages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rung.errors import InvalidTask
from rung.task.example import Example
from rung.task.task import Task

NO_LABEL = "[]"


def right_outside(task: Task, examples: Sequence[Example], labels: Sequence[str]) -> str | None:
    """The expected outcome of such a request, None where the task has none.

    classify: the label that the team names in `task.out_of_scope`; with several labels otherwise no label, where the
    items show that this occurs. answer: "", refusing, where the items hold questions without an answer. extract and
    generate: none. InvalidTask where the named label is not one of the examples' labels.
    """
    if task.kind == "answer":
        return "" if any(not one.expected for one in examples) else None
    if task.kind != "classify":
        return None
    if task.out_of_scope is not None:
        if task.out_of_scope not in labels:
            shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
            raise InvalidTask(
                f"task.out_of_scope: {task.out_of_scope!r} is not one of the labels ({shown}); name one of them, or "
                "remove the key"
            )
        return json.dumps([task.out_of_scope], ensure_ascii=False) if task.multi_label else task.out_of_scope
    if task.multi_label and any(one.expected == NO_LABEL for one in examples):
        return NO_LABEL
    return None
