"""Intervals for a share of successes.

Wilson's interval holds its level at the sample sizes of evaluations, where the normal approximation does not
(Newcombe 1998; Bowyer et al. 2025, arXiv:2503.01747). Where items share a group, `clustered_wilson` puts the
effective sample size into the same formula.
"""

from __future__ import annotations

from math import isclose

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_sums
from rung.stats.critical import normal_critical, student_critical, upper_tail
from rung.stats.interval import Interval
from rung.stats.sums import ONE_CLUSTER, ClusterSums, effective_from_sums


def wilson(successes: int, n: int, *, level: float) -> Interval:
    """The share `successes / n` with Wilson's score interval, without continuity correction."""
    _check_counts(successes, n)
    low, high = wilson_ends(successes / n, n, normal_critical(level))
    return Interval(successes / n, low, high)


def wilson_ends(share: float, n: float, critical: float) -> tuple[float, float]:
    """Ends of the score interval around `share` for a sample of `n` (not necessarily whole), within [0, 1].

    They solve (share - p)^2 = critical^2 p (1 - p) / n for p.
    """
    square = critical**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    reach = critical / (1 + square / n) * np.sqrt(share * (1 - share) / n + square / (4 * n**2))
    # At a share of 0 or 1 the end is exact; rounding must not move it past the share itself.
    low = 0.0 if share == 0.0 else float(max(0.0, min(centre - reach, share)))
    high = 1.0 if share == 1.0 else float(min(1.0, max(centre + reach, share)))
    return low, high


def clopper_pearson(successes: int, n: int, *, level: float) -> Interval:
    """The share `successes / n` with the exact binomial interval: never below its level, wider than Wilson's."""
    from scipy.special import betaincinv

    _check_counts(successes, n)
    tail = upper_tail(level)
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(successes / n, low, high)


def clustered_wilson(
    outcomes: ArrayLike, clusters: ArrayLike, *, level: float, weights: ArrayLike | None = None
) -> Interval:
    """The (weighted) share of 1 among 0/1 `outcomes`, with Wilson's interval on the effective sample size.

    The sample size is `effective.effective_items`, and Student's t on G - 1 degrees of freedom takes the place of
    z (Korn and Graubard 1998 do the same to the exact interval). When every item is its own cluster this is
    Wilson's interval itself. When all outcomes agree, items of a cluster are taken to agree always, and the
    effective number of clusters is the sample size. With one cluster of several items both ends are None.
    """
    values = as_values(outcomes)
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError("outcomes must be 0 or 1")
    if weights is not None:
        weight = as_values(weights)
        if (weight < 0).any() or weight.sum() <= 0:
            raise ValueError("weights must not be negative, and not all zero")
    return share_from_sums(cluster_sums(values, clusters, weights=weights), level=level)


def share_from_sums(sums: ClusterSums, *, level: float) -> Interval:
    """`clustered_wilson` of the outcomes that `sums` adds up; ValueError when they were not 0 or 1, uncentred."""
    if sums.centre != 0.0 or not isclose(sums.total, sums.total_square, rel_tol=1e-9, abs_tol=1e-9):
        raise ValueError("outcomes must be 0 or 1, and added up as they are")
    share = min(1.0, max(0.0, sums.mean))
    effective = effective_from_sums(sums)
    if effective is None:
        return Interval(share, None, None, ONE_CLUSTER)
    if sums.clusters == sums.n:
        return Interval(share, *wilson_ends(share, effective, normal_critical(level)))
    low, high = wilson_ends(share, effective, student_critical(level, sums.clusters - 1))
    return Interval(share, low, high, f"clustered: {sums.n} items in {sums.clusters} groups count as {effective:.0f}")


def _check_counts(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"need 0 <= successes <= n and n >= 1, got {successes} of {n}")
