"""The difference between two strategies on the same items."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_codes, clustered_mean
from rung.stats.critical import normal_critical, student_critical
from rung.stats.effective import effective_items
from rung.stats.interval import Interval
from rung.stats.sums import ONE_CLUSTER

_HALVINGS = 60  # 2 / 2^60 is below the spacing of floats near 1


def tango(b: float, c: float, n: float, *, level: float) -> Interval:
    """(b - c) / n with Tango's score interval (Tango 1998), in [-1, 1].

    `b` items only the first got right, `c` only the second, of `n` in all.
    """
    if b < 0 or c < 0 or n < 1 or b + c > n:
        raise ValueError(f"need b, c >= 0, n >= 1 and b + c <= n, got b={b}, c={c}, n={n}")
    low, high = _tango_ends(b, c, n, normal_critical(level))
    return Interval((b - c) / n, low, high)


def paired_difference(first: ArrayLike, second: ArrayLike, clusters: ArrayLike, *, level: float) -> Interval:
    """Mean of `first` minus `second` on the same items, with its interval; `note` says which interval it is.

    Outcomes 0/1: Tango's interval; where items share clusters, with b, c and n scaled down to the sample size of
    `effective.effective_items` and Student's t on G - 1 degrees of freedom. Other scores: the clustered t
    interval. One cluster of several items: both ends None.
    """
    one, two = as_values(first), as_values(second)
    if one.shape != two.shape:
        raise ValueError(f"both must be of the same items, got {one.size} and {two.size}")
    differences = one - two
    if not (np.isin(one, (0.0, 1.0)).all() and np.isin(two, (0.0, 1.0)).all()):
        return clustered_mean(differences, clusters, level=level)
    n = differences.size
    b, c = float((differences > 0).sum()), float((differences < 0).sum())
    mid = (b - c) / n
    effective = effective_items(differences, clusters)
    if effective is None:
        return Interval(mid, None, None, ONE_CLUSTER)
    _, count = cluster_codes(clusters, n)
    if count == n:
        plain = tango(b, c, n, level=level)
        return Interval(plain.mid, plain.low, plain.high, "Tango's score interval")
    scale = effective / n
    low, high = _tango_ends(b * scale, c * scale, effective, student_critical(level, count - 1))
    note = f"Tango's score interval, clustered: {n} items in {count} groups count as {effective:.0f}"
    return Interval(mid, min(low, mid), max(high, mid), note)


def _tango_ends(b: float, c: float, n: float, critical: float) -> tuple[float, float]:
    mid = (b - c) / n

    def excess(difference: float) -> float:
        """Score statistic at `difference`; falls as the difference grows."""
        spread = n * (2 * _constrained_share(b, c, n, difference) + difference * (1 - difference))
        distance = b - c - n * difference
        if spread <= 0.0:
            return 0.0 if distance == 0.0 else float(np.copysign(np.inf, distance))
        return distance / sqrt(spread)

    low = -1.0 if mid == -1.0 else _crossing(lambda d: excess(d) > critical, -1.0, mid)
    high = 1.0 if mid == 1.0 else _crossing(lambda d: excess(d) >= -critical, mid, 1.0)
    return low, high


def _constrained_share(b: float, c: float, n: float, difference: float) -> float:
    """Maximum-likelihood share of items that only the second got right, given the difference."""
    linear = -b - c + (2 * n - b + c) * difference
    constant = -c * difference * (1 - difference)
    root = sqrt(max(0.0, linear**2 - 8 * n * constant))
    # The same root of the quadratic, written without cancellation where `linear` is positive.
    if linear > 0.0:
        return max(0.0, -2 * constant / (root + linear))
    return max(0.0, (root - linear) / (4 * n))


def _crossing(holds: Callable[[float], bool], left: float, right: float) -> float:
    """Where `holds`, true at the left and false at the right, changes."""
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        left, right = (middle, right) if holds(middle) else (left, middle)
    return (left + right) / 2
