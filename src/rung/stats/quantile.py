"""Intervals for a quantile, such as the p95 of latencies, from order statistics alone.

No shape of the distribution is assumed. The ranks come from Binomial(n, probability), as in Deng et al. 2018
(for 1,000 values and the p95 at 95 %: the 936th and the 964th). Values that share a cluster count as fewer: n
is divided by the design effect of the indicator "not above the quantile" (Yao et al. 2024, arXiv:2401.14549).
"""

from __future__ import annotations

from math import ceil, floor, log

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import ONE_CLUSTER, as_values, cluster_codes
from rung.stats.critical import normal_critical, student_critical, upper_tail
from rung.stats.effective import effective_items
from rung.stats.interval import Interval


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
    independent, note = float(n), ""
    if clusters is not None:
        independent, note = _independent_values(as_values(values), mid, clusters, level)
        if independent == 0.0:
            return Interval(mid, None, None, note)
    whole = max(1, floor(independent))
    lower, upper = ranks(whole, probability, level=level)
    # A rank among the independent values stands for the same share of all of them, rounded outwards.
    low = None if lower is None else min(mid, float(ordered[max(1, floor(lower * n / whole)) - 1]))
    high = None if upper is None else max(mid, float(ordered[min(n, ceil(upper * n / whole)) - 1]))
    notes = [note] if note else []
    if high is None:
        notes.append(_too_few(whole, n, values_to_bound(probability, level=level), "above"))
    if low is None:
        notes.append(_too_few(whole, n, values_to_bound(1 - probability, level=level), "below"))
    return Interval(mid, low, high, "; ".join(notes))


def ranks(n: int, probability: float, *, level: float) -> tuple[int | None, int | None]:
    """Ranks, from 1, of the two order statistics of `n` values that hold the quantile between them.

    Each misses with probability at most (1 - level) / 2. None where no value reaches that far.
    """
    from scipy.special import bdtr

    tail = upper_tail(level)
    cumulative = np.asarray(bdtr(np.arange(n + 1), n, probability))
    lower = int(np.searchsorted(cumulative, tail, side="right"))
    upper = int(np.searchsorted(cumulative, 1 - tail, side="left")) + 1
    return (lower if lower >= 1 else None), (upper if upper <= n else None)


def values_to_bound(probability: float, *, level: float) -> int:
    """The fewest independent values whose largest bounds the quantile from above: 1 - p^n >= (1 + level) / 2."""
    return ceil(log(upper_tail(level)) / log(probability))


def _independent_values(values: np.ndarray, mid: float, clusters: ArrayLike, level: float) -> tuple[float, str]:
    """How many independent values these count as, and the note that says so; 0 when that cannot be told."""
    independent = effective_items(values <= mid, clusters)
    if independent is None:
        return 0.0, ONE_CLUSTER
    _, count = cluster_codes(clusters, values.size)
    if count == values.size:
        return independent, ""
    # Few clusters: Student's t is wider than the normal, which costs as much as having fewer values.
    independent *= (normal_critical(level) / student_critical(level, count - 1)) ** 2
    return independent, f"clustered: {values.size} values in {count} groups count as {floor(independent)}"


def _too_few(independent: int, n: int, needed: int, side: str) -> str:
    counted = f"n={n}" if independent == n else f"n={n}, counting as {independent}"
    return f"too few items to bound it from {side}: {counted}, {needed} needed"
