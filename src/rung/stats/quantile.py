"""Intervals for a quantile, such as the p95 of latencies, from order statistics alone.

No shape of the distribution is assumed. The ranks come from Binomial(n, probability), as in Deng et al. 2018
(for 1,000 values and the p95 at 95 %: the 936th and the 964th). Values that share a cluster count as fewer: n
is divided by the design effect of the indicator "not above the quantile" (Yao et al. 2024, arXiv:2401.14549).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import ceil, floor, log

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_sums
from rung.stats.critical import normal_critical, student_critical, upper_tail
from rung.stats.interval import Interval
from rung.stats.sums import ONE_CLUSTER, effective_from_sums


def quantile_interval(
    values: ArrayLike, probability: float, *, level: float, clusters: ArrayLike | None = None
) -> Interval:
    """The quantile of `values` (linear interpolation, type 7) with its interval, in the unit of `values`.

    An end beyond the extreme values is None, and `note` says how many independent values would bound it: 59 for
    the upper end of a p95 at a two-sided level of 0.90.
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability must lie between 0 and 1, got {probability}")
    ordered = np.sort(as_values(values))
    n = ordered.size
    mid = float(np.quantile(ordered, probability))
    effective, count = None, None
    if clusters is not None:
        sums = cluster_sums(as_values(values) <= mid, clusters)
        effective, count = effective_from_sums(sums), sums.clusters
    lower, upper, note = quantile_ranks(n, probability, level=level, effective=effective, clusters=count)
    low = None if lower is None else min(mid, float(ordered[lower - 1]))
    high = None if upper is None else max(mid, float(ordered[upper - 1]))
    return Interval(mid, low, high, note)


def quantile_ranks(
    n: int, probability: float, *, level: float, effective: float | None = None, clusters: int | None = None
) -> tuple[int | None, int | None, str]:
    """Ranks, from 1, of the two among `n` ordered values that bound the quantile, and a note; for any `n`.

    `effective` is the number of independent values they are worth: `effective_from_sums` of 1{value <= quantile}, in
    `clusters` clusters; without both, every value counts. A rank is None where no value reaches that far, and the
    note says how many independent values would. The interval has the point in it: where the value at a rank lies
    on the wrong side of the point, the point is the end.
    """
    if n < 1 or not 0.0 < probability < 1.0:
        raise ValueError(f"need n >= 1 and a probability between 0 and 1, got {n} and {probability}")
    independent, notes = float(n), []
    if clusters is not None and clusters < n:
        if clusters == 1:
            return None, None, ONE_CLUSTER
        if effective is None:
            raise ValueError("values in clusters need their effective number")
        # Few clusters: Student's t is wider than the normal, which costs as much as having fewer values.
        independent = effective * (normal_critical(level) / student_critical(level, clusters - 1)) ** 2
        notes = [f"clustered: {n} values in {clusters} groups count as {floor(independent)}"]
    elif effective is not None:
        independent = effective
    whole = min(n, max(1, floor(independent)))
    lower, upper = ranks(whole, probability, level=level)
    if upper is None:
        notes.append(_too_few(whole, n, values_to_bound(probability, level=level), "above"))
    if lower is None:
        notes.append(_too_few(whole, n, values_to_bound(1 - probability, level=level), "below"))
    # A rank among the independent values stands for the same share of all of them, rounded outwards.
    low = None if lower is None else max(1, lower * n // whole)
    high = None if upper is None else min(n, -(-upper * n // whole))
    return low, high, "; ".join(notes)


def ranks(n: int, probability: float, *, level: float) -> tuple[int | None, int | None]:
    """Ranks, from 1, of the two order statistics of `n` values that hold the quantile between them.

    Each misses with probability at most (1 - level) / 2. None where no value reaches that far.
    """
    from scipy.special import bdtr

    tail = upper_tail(level)

    def cumulative(count: int) -> float:
        return float(bdtr(count, n, probability))

    lower = bisect_right(range(n + 1), tail, key=cumulative)
    upper = bisect_left(range(n + 1), 1 - tail, key=cumulative) + 1
    return (lower if lower >= 1 else None), (upper if upper <= n else None)


def values_to_bound(probability: float, *, level: float) -> int:
    """The fewest independent values whose largest bounds the quantile from above: 1 - p^n >= (1 + level) / 2."""
    return ceil(log(upper_tail(level)) / log(probability))


def _too_few(independent: int, n: int, needed: int, side: str) -> str:
    counted = f"n={n}" if independent == n else f"n={n}, counting as {independent}"
    return f"too few items to bound it from {side}: {counted}, {needed} needed"
