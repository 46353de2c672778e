"""Tests of "both succeed equally often" on the same items.

Only items on which the two differ can tell. The mid-p version keeps close to its level where the exact one is
far too careful (Fagerland, Lydersen and Laake 2013).
"""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_codes, cluster_totals


def mcnemar_mid_p(b: int, c: int) -> float:
    """Two-sided mid-p value from the counts of items that only the first (`b`) or only the second (`c`) got."""
    tail, point = _lower_tail(b, c)
    return min(1.0, 2 * tail - point)


def mcnemar_exact(b: int, c: int) -> float:
    """Two-sided exact binomial p-value; never below the true error rate, at the price of power."""
    tail, _ = _lower_tail(b, c)
    return min(1.0, 2 * tail)


def mcnemar_chi_square(b: int, c: int) -> tuple[float, float]:
    """McNemar's statistic with Edwards' continuity correction, (|b - c| - 1)^2 / (b + c), and its p-value.

    Chi-square on one degree of freedom (McNemar 1947; Edwards 1948). An approximation, here to be compared with what
    others report; the mid-p version is nearer to its level at every size. (0, 1) when the two never differ.
    """
    _check_counts(b, c)
    if b + c == 0:
        return 0.0, 1.0
    statistic = max(0, abs(b - c) - 1) ** 2 / (b + c)
    return statistic, erfc(sqrt(statistic / 2))


def clustered_mid_p(differences: ArrayLike, clusters: ArrayLike) -> float:
    """Two-sided mid-p value of the exact sign-flip test on cluster totals; McNemar's when clusters are single items.

    `differences` are whole numbers, first minus second outcome of each item. Under the hypothesis the sign of a
    whole cluster is as likely one way as the other; all sign patterns are counted, by convolution. Work grows
    with (clusters that differ) times (sum of their absolute totals).
    """
    values = as_values(differences)
    if not np.equal(values, np.round(values)).all():
        raise ValueError("differences must be whole numbers")
    codes, _ = cluster_codes(clusters, values.size)
    totals = np.abs(cluster_totals(values, codes)).astype(np.int64)
    totals = totals[totals > 0]
    reach = int(totals.sum())
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for total in totals:
        # No wrap-around: the occupied range never leaves [-reach, reach].
        chances = 0.5 * (np.roll(chances, total) + np.roll(chances, -total))
    seen = reach + abs(int(values.sum()))
    return float(min(1.0, 2 * chances[seen + 1 :].sum() + chances[seen]))


def _lower_tail(b: int, c: int) -> tuple[float, float]:
    """P(X <= min(b, c)) and P(X = min(b, c)) for X ~ Binomial(b + c, 1/2)."""
    from scipy.special import bdtr

    _check_counts(b, c)
    fewer, total = min(b, c), b + c
    tail = float(bdtr(fewer, total, 0.5))
    below = float(bdtr(fewer - 1, total, 0.5)) if fewer > 0 else 0.0
    return tail, tail - below


def _check_counts(b: int, c: int) -> None:
    if b < 0 or c < 0:
        raise ValueError(f"counts must not be negative, got {b} and {c}")
