"""Numbers that know where they come from.

Modules hand each other figures as `Estimate`, and a figure that nobody has as `Missing`, with the reason and the
command that would produce it. Nothing fills a gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from math import isfinite

LEVEL = 0.90
"""Two-sided level of every interval shown. Each end is then a one-sided 95 % bound, which is what a target is
tested with: the interval that a person sees and the verdict cannot disagree (docs/decisions/0002)."""


class Provenance(IntEnum):
    """How a number was obtained, weakest first."""

    DIRECTIONAL = 0  # a published planning figure
    ASSUMED = 1  # the team's statement
    MODELLED = 2  # a forecast or a formula
    MEASURED = 3  # an offline run
    VALIDATED = 4  # production

    @property
    def word(self) -> str:
        """The lower-case name, as shown to people and stored in records."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, unit, sample size, provenance and source.

    `low` and `high` are the ends of the two-sided `LEVEL` interval, in the unit of `value`. An end is None when
    it could not be bounded from the data (then `note` says why), and both equal `value` for an exact figure.
    `n` counts the items sampled (None for a figure that was not sampled); where they come in groups the interval
    is clustered by group and `note` says what they count as. `source` leads back to the rows, the run, the file
    and key, or the citation.
    """

    value: float
    low: float | None
    high: float | None
    unit: str
    n: int | None
    provenance: Provenance
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        for part in (self.value, self.low, self.high):
            if part is not None and not isfinite(part):
                raise ValueError(f"an estimate must be finite, got {part} ({self.source}); use Missing or None")


@dataclass(frozen=True, slots=True)
class Missing:
    """A number that is not there: why, and the command (or the rung.yaml key) that would produce it."""

    because: str
    remedy: str = ""


Figure = Estimate | Missing


def exact(value: float, unit: str, provenance: Provenance, source: str, note: str = "") -> Estimate:
    """An `Estimate` without sampling error: a price, a count, a statement of the team."""
    return Estimate(value, value, value, unit, None, provenance, source, note)


def weakest(provenances: Iterable[Provenance]) -> Provenance:
    """The provenance of a value derived from inputs of these provenances: the weakest of them."""
    return min(provenances)
