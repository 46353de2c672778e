"""The ratio of two sums over the same items, such as all cost over all successes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import ONE_CLUSTER, FloatArray, IndexArray, as_values, cluster_codes, cluster_totals
from rung.stats.critical import normal_critical, student_critical
from rung.stats.interval import Interval


def fieller(costs: ArrayLike, successes: ArrayLike, *, level: float, clusters: ArrayLike | None = None) -> Interval:
    """sum(costs) / sum(successes) with Fieller's interval (Fieller 1954), in the unit of `costs`.

    `costs` is not negative, `successes` 0 or 1 (or any counts), both of shape (n_items,). The ends solve
    (mean cost - R mean success)^2 = q^2 Var(mean cost - R mean success) for R; q is the normal quantile, and
    Student's on G - 1 degrees of freedom with the clustered variance where items share clusters. When the
    mean success is itself not told apart from zero, the ratio has no upper end: high is None. ValueError when
    there is no success at all: then there is no ratio.
    """
    cost, success = as_values(costs), as_values(successes)
    if cost.shape != success.shape:
        raise ValueError(f"costs and successes must be of the same items, got {cost.size} and {success.size}")
    if (cost < 0).any() or (success < 0).any():
        raise ValueError("costs and successes must not be negative")
    if success.sum() == 0:
        raise ValueError("no success: the ratio does not exist")
    n = cost.size
    codes, count = cluster_codes(np.arange(n) if clusters is None else clusters, n)
    ratio = float(cost.sum() / success.sum())
    if count < 2:
        return Interval(ratio, None, None, ONE_CLUSTER if n > 1 else "a single item has no spread")
    critical = normal_critical(level) if count == n else student_critical(level, count - 1)
    square = critical**2
    # Quadratic a R^2 - 2 b R + c = 0; a > 0 is Fieller's g < 1.
    a = success.mean() ** 2 - square * _covariance(success, success, codes, count)
    b = cost.mean() * success.mean() - square * _covariance(cost, success, codes, count)
    c = cost.mean() ** 2 - square * _covariance(cost, cost, codes, count)
    root = float(np.sqrt(max(0.0, b * b - a * c)))
    note = "" if count == n else f"clustered: {n} items in {count} groups"
    if a <= 0.0:
        # The set is then all R >= one root, provided that the mean cost is told apart from zero.
        low = min(ratio, float((b - root) / a)) if a < 0.0 < c else None
        unbounded = f"unbounded above: {success.sum():g} successes in {n} items do not exclude a success rate of zero"
        return Interval(ratio, low, None, f"{note}; {unbounded}" if note else unbounded)
    low, high = float((b - root) / a), float((b + root) / a)
    return Interval(ratio, min(ratio, max(0.0, low)), max(ratio, high), note)


def _covariance(first: FloatArray, second: FloatArray, codes: IndexArray, count: int) -> float:
    """Clustered covariance of the two means: G / (G - 1) * sum over clusters of the products of totals / n^2."""
    left = cluster_totals(first - first.mean(), codes)
    right = cluster_totals(second - second.mean(), codes)
    return float(count / (count - 1) * (left * right).sum() / first.size**2)
