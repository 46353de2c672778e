"""Draws told as one figure."""

from __future__ import annotations

import numpy as np

from rung.economics.draws import FloatArray, interval_percents
from rung.estimate import Estimate, Figure, Missing, Provenance


def summarise(
    draws: FloatArray, unit: str, provenance: Provenance, source: str, note: str = "", *, open_above: bool = False
) -> Figure:
    """The median of the draws with the interval of `LEVEL`; Missing where a draw is no number.

    `open_above`: the largest draws are not known, so the upper end is None.
    """
    if not draws.size or not np.all(np.isfinite(draws)):
        return Missing(f"the numbers are too large to be computed ({source})", "check the inputs")
    first, last = interval_percents()
    low, value, high = (float(one) for one in np.percentile(draws, (first, 50.0, last)))
    return Estimate(value, low, None if open_above else high, unit, None, provenance, source, note)
