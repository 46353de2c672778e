"""One thing that was looked at, with its verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rung.estimate import Figure, Missing

Severity = Literal["blocks", "warns", "unknown", "fine"]
SEVERITIES: tuple[Severity, ...] = ("blocks", "warns", "unknown", "fine")
"""blocks: figures measured on these data would mislead. warns: they would be worse or vaguer than need be. unknown: it
could not be looked at. fine: looked at, nothing to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, how much of it, and what a person can do. `size` is mostly a share of items in [0, 1];
    `item_ids` lead to the rows. Nothing is ever dropped or changed: every `proposal` is for a person."""

    name: str
    severity: Severity
    size: Figure
    sentence: str
    proposal: str = ""
    item_ids: tuple[str, ...] = ()


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By severity; within one, what makes figures wrong by how much of the data it touches, then what makes them vague,
    in the order given."""
    return tuple(sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), -_touched(one.size))))


def _touched(size: Figure) -> float:
    """A share as it is, an agreement by what it lacks; whatever counts something else than items is last."""
    if isinstance(size, Missing):
        return 0.0
    return {"share": size.value, "alpha": min(1.0 - size.value, 1.0)}.get(size.unit, 0.0)
