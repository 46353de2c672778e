"""From an interval over rows to an `Estimate`."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import Estimate, Provenance
from rung.evaluate.run import Row
from rung.stats import Interval


def groups_of(rows: Sequence[Row]) -> list[str]:
    """The group of each row: the clusters of every interval."""
    return [row.example.group for row in rows]


def sampled(interval: Interval, unit: str, n: int, provenance: Provenance, source: str, note: str = "") -> Estimate:
    """The interval as an `Estimate` over `n` items; its note follows `note`."""
    notes = "; ".join(part for part in (note, interval.note) if part)
    return Estimate(interval.mid, interval.low, interval.high, unit, n, provenance, source, notes)
