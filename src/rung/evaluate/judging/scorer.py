"""What judges an answer: the protocol, and what a judgement says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rung.task.example import Example
from rung.task.protocols import Prediction

Pair = tuple[Example, Prediction]


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement. `outcome` is "right" or the class of the error (`outcomes.py`); `scores` are graded measures in
    [0, 1]; `fields` says of each field of a record, or of each declared check, whether it is right."""

    success: bool
    outcome: str
    scores: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """No judgement could be had; `because` is a sentence."""

    because: str


class Scorer(Protocol):
    """Judges answers of one task. The same answer to the same item is always judged alike."""

    @property
    def identity(self) -> str:
        """Names the rules beyond the expected outcome that judgements depend on; "" where there are none."""

    def __call__(self, example: Example, prediction: Prediction) -> Judged | Unjudged:
        """The judgement of one answer."""

    def prepare(self, pairs: Sequence[Pair]) -> None:
        """Do in batches what judging these answers will need. Most scorers need nothing."""
        del pairs
