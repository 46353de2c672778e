"""A share of items or failures as an `Estimate`, its interval clustered by the items' groups."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import LEVEL, Estimate, Provenance
from rung.evaluate.run import Row
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import clustered_wilson


def share_of(rows: Sequence[Row], hits: Sequence[bool], *, source: str) -> Estimate:
    """The share of `hits` among `rows` (same order, at least one row), measured, unit "share"."""
    outcomes = [1.0 if hit else 0.0 for hit in hits]
    interval = clustered_wilson(outcomes, groups_of(rows), level=LEVEL)
    return sampled(interval, "share", len(rows), Provenance.MEASURED, source)
