"""One thing that differs between two decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ChangeKind = Literal[
    "verdict", "candidate", "targets", "constraints", "data", "models", "sealed", "strategies", "metrics", "costs",
    "scores", "guardrails", "excluded",
]  # fmt: skip
KINDS: tuple[ChangeKind, ...] = (
    "verdict", "candidate", "targets", "constraints", "data", "models", "sealed", "strategies", "metrics", "costs",
    "scores", "guardrails", "excluded",
)  # fmt: skip
"""In the order in which they are told: the outcome, what was asked, what it stood on, then what was found."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was. `within_intervals`: a figure moved by no more than its uncertainty.

    `before` and `after` are the two in words ("" where there was none); `sentence` says all of it.
    """

    kind: ChangeKind
    what: str
    before: str
    after: str
    sentence: str
    within_intervals: bool = False


def names_of_both(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[Any]:
    """The keys of both, in the order of `after`, then those that are gone."""
    return [*after, *(name for name in before if name not in after)]
