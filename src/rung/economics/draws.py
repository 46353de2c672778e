"""Random draws of uncertain figures, and the summary of what they add up to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rung.estimate import LEVEL, Estimate

FloatArray = NDArray[np.float64]

Z_OF_LEVEL = 1.6448536269514722
"""Standard normal quantile at 0.95, which turns the ends of a two-sided 0.90 interval into a standard deviation."""


def pert(bounds: tuple[float, float, float], draws: int, rng: np.random.Generator) -> FloatArray:
    """`draws` values from the PERT distribution over (low, mode, high), shape (draws,).

    PERT is a beta distribution between the bounds with mean (low + 4 mode + high) / 6 (Malcolm et al. 1959,
    "Application of a technique for research and development program evaluation", Operations Research 7).
    """
    low, mode, high = bounds
    if not low <= mode <= high:
        raise ValueError(f"a range must be ordered low <= mode <= high, got {bounds}")
    if low == high:
        return np.full(draws, low)
    rise = 1.0 + 4.0 * (mode - low) / (high - low)
    fall = 1.0 + 4.0 * (high - mode) / (high - low)
    return np.asarray(low + (high - low) * rng.beta(rise, fall, draws), dtype=np.float64)


def pert_mean(bounds: tuple[float, float, float]) -> float:
    """Mean of the PERT distribution."""
    low, mode, high = bounds
    return (low + 4.0 * mode + high) / 6.0


def pert_deviation(bounds: tuple[float, float, float]) -> float:
    """Standard deviation of the PERT distribution: mean m, sqrt((m - low)(high - m) / 7)."""
    low, _, high = bounds
    mean = pert_mean(bounds)
    return float(np.sqrt(max((mean - low) * (high - mean), 0.0) / 7.0))


def around(
    estimate: Estimate, draws: int, rng: np.random.Generator, *, lowest: float = 0.0, highest: float = np.inf
) -> FloatArray:
    """`draws` normal values around an estimate, as wide on each side as its interval there, kept in bounds.

    An end that is None is mirrored from the other side; an exact figure gives equal values. Both sides share the
    median: a two-piece normal, so that a skewed interval (a share near 0 or 1) keeps its shape.
    """
    below = None if estimate.low is None else (estimate.value - estimate.low) / Z_OF_LEVEL
    above = None if estimate.high is None else (estimate.high - estimate.value) / Z_OF_LEVEL
    lower = below if below is not None else (above or 0.0)
    upper = above if above is not None else (below or 0.0)
    standard = rng.standard_normal(draws)
    values = estimate.value + np.where(standard < 0, lower, upper) * standard
    return np.asarray(np.clip(values, lowest, highest), dtype=np.float64)


def percentile(values: FloatArray, percent: float) -> float:
    """Percentile of draws, linear interpolation (type 7)."""
    return float(np.percentile(values, percent))


def interval_percents() -> tuple[float, float]:
    """The two percents that bound the `LEVEL` interval: (5, 95)."""
    tail = 100.0 * (1.0 - LEVEL) / 2.0
    return tail, 100.0 - tail
