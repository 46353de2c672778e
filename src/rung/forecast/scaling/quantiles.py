"""Draws as figures."""

from __future__ import annotations

import numpy as np

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.forecast.scaling.law import FloatArray

TAIL = (1 - LEVEL) / 2


def told(
    draws: FloatArray,
    unit: str,
    *,
    runs: int,
    provenance: Provenance,
    source: str,
    note: str = "",
    value: float | None = None,
    limit: float = np.inf,
    beyond: str = "",
) -> Figure:
    """The median of the draws, or `value`, with the ends of the interval.

    A draw above `limit`, or an infinite one, cannot be told: where that is the upper end it is None and `beyond` says
    why; where it is the middle the figure is Missing for the same reason.
    """
    low, middle, high = np.quantile(np.minimum(draws, np.finfo(float).max), [TAIL, 0.5, 1 - TAIL])
    if value is not None:
        low, middle, high = min(low, value), value, max(high, value)
    most = min(limit, np.finfo(float).max / 2)
    if middle > most:
        return Missing(beyond)
    if high > most:
        return Estimate(float(middle), float(low), None, unit, runs, provenance, source, beyond)
    return Estimate(float(middle), float(low), float(high), unit, runs, provenance, source, note)
