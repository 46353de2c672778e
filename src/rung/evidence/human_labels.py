"""What people said of outputs that were written before, to tell how far a judge can be trusted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rung.task.example import Example

RIGHT, WRONG = "right", "wrong"
VERDICTS = (RIGHT, WRONG)


@dataclass(frozen=True, slots=True)
class HumanLabel:
    """One output to one request, and whether most of the people who read it called it right."""

    example: Example
    output: str
    right: bool
    annotators: int


def majority(labels: list[str]) -> bool | None:
    """Whether more labels say right than wrong; None when as many say either, or there is none."""
    counts = Counter(labels)
    if counts[RIGHT] == counts[WRONG]:
        return None
    return counts[RIGHT] > counts[WRONG]
