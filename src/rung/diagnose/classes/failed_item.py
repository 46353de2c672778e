"""A failed item as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass

from rung.diagnose.classes.attributes import shortened
from rung.evaluate.run import Row

LONGEST_INPUT = 300
LONGEST_ANSWER = 200


@dataclass(frozen=True, slots=True)
class Failed:
    """One failed item as a person reads it; texts cut to a length that a page can hold."""

    id: str
    input: str
    expected: str
    answered: str
    outcome: str = ""


def failed_item(row: Row) -> Failed:
    """The row as a person reads it; what came back as the model wrote it, where nothing could be read from it."""
    answered = row.prediction.output or row.prediction.raw
    return Failed(
        id=row.example.id,
        input=shortened(row.example.input, LONGEST_INPUT),
        expected=shortened(row.example.expected, LONGEST_ANSWER),
        answered=shortened(answered, LONGEST_ANSWER),
        outcome=row.outcome or row.prediction.failure or "",
    )
