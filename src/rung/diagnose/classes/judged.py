"""The rows of a run beside the arrays that classes of failures are counted with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rung.diagnose.stakes import BoolArray, FloatArray, IndexArray, lost_usd, stakes
from rung.estimate import LEVEL, Estimate, Figure, Provenance
from rung.evaluate.judging.outcomes import CONTRACT
from rung.evaluate.run import Row
from rung.evaluate.sampled import sampled
from rung.stats import clustered_wilson
from rung.task.task import Flow


@dataclass(frozen=True, slots=True)
class Judged:
    """`failed`, `group` (numbers from 0) and `stake` (USD per month, NaN unknown) have shape (n_rows,)."""

    rows: tuple[Row, ...]
    flows: tuple[Flow, ...]
    failed: BoolArray
    group: IndexArray
    stake: FloatArray
    source: str

    def mask(self, indices: Sequence[int] | IndexArray) -> BoolArray:
        """True at the rows numbered, shape (n_rows,)."""
        chosen = np.zeros(len(self.rows), dtype=np.bool_)
        chosen[np.asarray(indices, dtype=np.intp)] = True
        return chosen

    def share(self, hits: BoolArray, what: str) -> Estimate:
        """The share of all failures that `hits` holds; there must be a failure."""
        interval = clustered_wilson(hits[self.failed].astype(np.float64), self.group[self.failed], level=LEVEL)
        count = int(self.failed.sum())
        return sampled(interval, "share", count, Provenance.MEASURED, f"{self.source}: failures, {what}")

    def lost(self, hits: BoolArray) -> Figure:
        """What the failures `hits` lose, USD per month."""
        return lost_usd(self.stake, hits, self.group, source=self.source, rows=self.rows, flows=self.flows)


def judged(rows: Sequence[Row], flows: Sequence[Flow], *, source: str) -> Judged:
    """The rows of a run with their arrays."""
    codes = {group: number for number, group in enumerate(dict.fromkeys(row.example.group for row in rows))}
    return Judged(
        rows=tuple(rows),
        flows=tuple(flows),
        failed=np.array([not row.success for row in rows], dtype=np.bool_),
        group=np.array([codes[row.example.group] for row in rows], dtype=np.intp),
        stake=stakes(rows, flows),
        source=source,
    )


def form_of(row: Row) -> str | None:
    """The error of form of a failed row (`outcomes.CONTRACT`); None for a success or another kind of failure."""
    if row.success:
        return None
    return row.outcome if row.outcome in CONTRACT else row.prediction.failure
