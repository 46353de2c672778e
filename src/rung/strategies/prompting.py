"""The wording that every prompted strategy shares, and the way from a model's choice to a prediction.

One wording, fixed before any result was seen. How a prompt is spelled moves small models by more than most
strategies differ (Sclar et al. 2024, arXiv:2310.11324), so strategies that differ in wording too could not be
compared; and picking the wording by its score would fit the prompt to the test.
"""

from __future__ import annotations

from collections.abc import Sequence

from rung.task.protocols import Choice, Generator, Prediction, Prompt
from rung.task.task import Task

WORDING = 1
"""Raised whenever the text below changes, so that no stored prediction of another wording is taken for this one."""

DEFAULT_INSTRUCTIONS = "Decide which label the text belongs to."


def instructions_text(task: Task, labels: Sequence[str]) -> str:
    """The instructions of the task, then every label with its description, one a line, in the given order."""
    opening = task.instructions.strip() or DEFAULT_INSTRUCTIONS
    lines = [opening, "Answer with exactly one of these labels and nothing else:"]
    for label in labels:
        description = task.labels.get(label, "").strip()
        lines.append(f"- {label}: {description}" if description else f"- {label}")
    return "\n".join(lines)


def ask(
    generator: Generator,
    prompts: Sequence[Prompt],
    labels: Sequence[str],
    retrieved: Sequence[tuple[str, ...]] | None = None,
) -> list[Prediction]:
    """One `Prediction` per prompt, in order; `retrieved` holds the corpus ids each prompt was given."""
    if not prompts:
        return []
    choices = generator.choose(prompts, labels)
    allowed = frozenset(labels)
    ids = retrieved if retrieved is not None else [()] * len(prompts)
    return [_prediction(choice, allowed, found) for choice, found in zip(choices, ids, strict=True)]


def _prediction(choice: Choice, allowed: frozenset[str], retrieved: tuple[str, ...]) -> Prediction:
    valid = choice.label is not None and choice.label in allowed
    return Prediction(
        output=choice.label if valid and choice.label is not None else "",
        confidence=choice.confidence if valid else None,
        retrieved=retrieved,
        input_tokens=choice.input_tokens,
        output_tokens=choice.output_tokens,
        cost_usd=choice.cost_usd,
        raw=choice.raw or (choice.label or ""),
        failure=None if valid else (choice.failure or "not_a_label"),
    )
