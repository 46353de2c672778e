"""The mean of bounded values, known ever better and never wrongly: a confidence sequence by betting.

All means that nobody could get rich against are kept (Waudby-Smith and Ramdas 2024, arXiv:2010.09686). With each
fraction fixed, the wealth against "the mean is at most m" falls in m at every value, so what is rejected is all
below one bound, found by halving.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, as_values
from rung.stats.critical import upper_tail
from rung.stats.interval import Interval
from rung.stats.sequential.betting import betting_fractions, log_gains, log_mean
from rung.stats.sequential.crossing import crossing

_FEW = 2000  # more values than this are grouped by value first, which costs a sort and often saves most of the work


def mean_sequence(
    values: ArrayLike,
    *,
    level: float,
    least: ArrayLike = 0.0,
    most: ArrayLike = 1.0,
    around: float | None = None,
    tuned_at: float = 300.0,
) -> Interval:
    """The mean of `values`, shape (n,), with ends valid at all n at once, in the unit of `values`.

    Two-sided at `level`, each end a one-sided bound at (1 - level) / 2, as everywhere. `least` and `most` bound
    each value, one number or shape (n,), known before it. The interval is tightest for a mean near `around` (the
    middle when None) and for about `tuned_at` values. Values in any order give the same interval.
    """
    array = as_values(values)
    lowest, highest = (np.broadcast_to(np.asarray(end, dtype=np.float64), array.shape) for end in (least, most))
    if (array < lowest).any() or (array > highest).any():
        raise ValueError("values must lie between least and most")
    if (lowest >= highest).any():
        raise ValueError("least must lie below most")
    floor, ceiling, mid = float(lowest.max()), float(highest.min()), float(array.mean())
    centre = (floor + ceiling) / 2 if around is None else around
    if not floor < centre < ceiling:
        raise ValueError(f"around must lie between {floor} and {ceiling}, got {centre}")
    share = (centre - float(lowest.min())) / float(highest.max() - lowest.min())
    threshold = -log(upper_tail(level))
    upwards = _excess(array, lowest, betting_fractions(share, tuned_at=tuned_at), threshold)
    downwards = _excess(-array, -highest, betting_fractions(1 - share, tuned_at=tuned_at), threshold)
    low = crossing(upwards, floor, mid) if floor < mid else floor
    high = crossing(lambda mean: downwards(-mean), ceiling, mid) if mid < ceiling else ceiling
    return Interval(mid, low, high)


def narrowed(before: Interval | None, now: Interval) -> Interval:
    """What two looks of one confidence sequence say together: each end the tighter of both.

    low > high is possible, and means that the values do not have one mean: drift, or an order that was not
    random. See `is_empty`.
    """
    if before is None:
        return now
    lows = [end for end in (before.low, now.low) if end is not None]
    highs = [end for end in (before.high, now.high) if end is not None]
    return Interval(now.mid, max(lows, default=None), min(highs, default=None), now.note)


def is_empty(interval: Interval) -> bool:
    """True when no value is left in the interval: the evidence contradicts itself, and proves no harm."""
    return interval.low is not None and interval.high is not None and interval.low > interval.high


def _excess(values: FloatArray, least: FloatArray, fractions: FloatArray, threshold: float) -> Callable[[float], float]:
    """Log evidence against "the mean is at most m", less `threshold`, as a function of m; falls in m."""
    pairs, counts = np.stack([values, least]), np.ones(values.size)
    if values.size > _FEW:
        pairs, occurrences = np.unique(pairs, axis=1, return_counts=True)
        counts = occurrences.astype(np.float64)

    def excess(mean: float) -> float:
        return log_mean(counts @ log_gains(pairs[0], pairs[1], mean, fractions)) - threshold

    return excess
