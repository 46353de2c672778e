"""A share of items or failures as an `Estimate`, its interval clustered by the items' groups."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import LEVEL, Estimate, Provenance
from rung.evaluate.run import Row
from rung.stats.proportion import clustered_wilson


def share_of(rows: Sequence[Row], hits: Sequence[bool], *, source: str) -> Estimate:
    """The share of `hits` among `rows` (same order, at least one row), measured, unit "share"."""
    interval = clustered_wilson([1.0 if hit else 0.0 for hit in hits], [row.example.group for row in rows], level=LEVEL)
    return Estimate(
        value=interval.mid,
        low=interval.low,
        high=interval.high,
        unit="share",
        n=len(rows),
        provenance=Provenance.MEASURED,
        source=source,
        note=interval.note,
    )
