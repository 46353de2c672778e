"""By which rules a head is chosen, kind by kind: part of every key that a fit is remembered under."""

from __future__ import annotations

from typing import Any

from rung.strategies import head_choice, label_set_head, record_layers, sentence_choice
from rung.task.task import Task


def kind_settings(task: Task, word_strengths: tuple[float, ...]) -> dict[str, Any]:
    """The rule that chooses among candidates for this kind of task, and what else only that kind depends on."""
    if task.kind == "extract":
        rules = [head_choice.RULE, label_set_head.RULE, record_layers.RULE]
        return {"rule": rules, "word_strengths": list(word_strengths), "schema": task.output_schema}
    if task.kind == "answer":
        return {"rule": sentence_choice.RULE, "most_words": task.answer.most_words}
    if task.multi_label:
        return {"rule": label_set_head.RULE}
    return {"rule": head_choice.RULE}
