"""Shares of items as figures, their intervals clustered by the items' groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.estimate import LEVEL, Estimate, Provenance
from rung.stats import Interval, clustered_wilson


def share_of(outcomes: ArrayLike, groups: ArrayLike, *, source: str, note: str = "") -> Estimate:
    """The share of 1 among `outcomes` (0 or 1, at least one), measured; `groups` has one entry for each."""
    values = np.asarray(outcomes, dtype=np.float64)
    return measured(clustered_wilson(values, groups, level=LEVEL), values.size, source=source, note=note)


def measured(interval: Interval, n: int, *, source: str, note: str = "") -> Estimate:
    """The interval as a share over `n` items; its own note follows `note`."""
    notes = "; ".join(part for part in (note, interval.note) if part)
    return Estimate(interval.mid, interval.low, interval.high, "share", n, Provenance.MEASURED, source, notes)
