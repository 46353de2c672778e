"""What every prompted strategy shares: the constant part of its settings, and asking a model.

One wording, fixed before any result was seen. How a prompt is spelled moves small models by more than most
strategies differ (Sclar et al. 2024, arXiv:2310.11324), so strategies that differ in wording too could not be
compared; and picking the wording by its score would fit the prompt to the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rung.strategies.asking import WORDING, chooses, from_choice, from_written, instructions_text, most_tokens
from rung.strategies.contract import TrainData
from rung.task.protocols import Generator, Prediction, Prompt
from rung.task.task import Task


def prompt_settings(train: TrainData, *, passages: bool = False) -> dict[str, Any]:
    """The prompt's whole constant text, and how long a written answer may grow."""
    settings: dict[str, Any] = {
        "wording": WORDING,
        "instructions": instructions_text(train.task, train.labels, passages=passages),
    }
    if not chooses(train.task):
        settings |= {"kind": train.task.kind, "most_tokens": most_tokens(train.task, train.labels)}
    return settings


def ask(
    generator: Generator,
    prompts: Sequence[Prompt],
    task: Task,
    labels: Sequence[str],
    retrieved: Sequence[tuple[str, ...]] | None = None,
) -> list[Prediction]:
    """One `Prediction` per prompt, in order; `retrieved` holds the corpus ids each prompt was given."""
    if not prompts:
        return []
    ids = retrieved if retrieved is not None else [()] * len(prompts)
    if chooses(task):
        choices = generator.choose(prompts, labels)
        return [from_choice(choice, labels, found) for choice, found in zip(choices, ids, strict=True)]
    texts = generator.write(prompts, most_tokens=most_tokens(task, labels))
    return [from_written(task, labels, text, found) for text, found in zip(texts, ids, strict=True)]
