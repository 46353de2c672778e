"""Quantiles that turn a standard error into an interval.

`scipy.special` is enough for all of `stats/` and loads in a fraction of the time of `scipy.stats`.
"""

from __future__ import annotations

from statistics import NormalDist


def upper_tail(level: float) -> float:
    """The probability left beyond each end of a two-sided interval at `level`, in (0, 0.5)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    return (1.0 - level) / 2.0


def normal_critical(level: float) -> float:
    """z such that a standard normal lies within ±z with probability `level`."""
    return -NormalDist().inv_cdf(upper_tail(level))


def student_critical(level: float, degrees: int) -> float:
    """t such that Student's t with `degrees` of freedom (at least 1) lies within ±t with probability `level`."""
    from scipy.special import stdtrit

    return -float(stdtrit(degrees, upper_tail(level)))
