"""The ratio of two sums over the same items, such as all cost over all successes."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_codes, cluster_sums, cluster_totals
from rung.stats.critical import normal_critical, student_critical
from rung.stats.interval import Interval
from rung.stats.sums import ONE_CLUSTER, ClusterSums, covariance_from_sums


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
    names = np.arange(cost.size) if clusters is None else clusters
    one, two = cluster_sums(cost, names), cluster_sums(success, names)
    codes, _ = cluster_codes(names, cost.size)
    products = cluster_totals(cost - one.centre, codes) * cluster_totals(success - two.centre, codes)
    return ratio_from_sums(one, two, cluster_product=float(products.sum()), level=level)


def ratio_from_sums(cost: ClusterSums, success: ClusterSums, *, cluster_product: float, level: float) -> Interval:
    """`fieller` of the costs and successes that the sums add up, over the same items in the same clusters.

    `cluster_product` sums, over clusters, (sum of cost)(sum of success), each less its `centre` per item as in the
    sums themselves. A constant cost per item is added by raising `cost.centre`. ValueError as for `fieller`.
    """
    if (cost.n, cost.clusters, cost.size) != (success.n, success.clusters, success.size):
        raise ValueError(f"costs and successes must be of the same items, got {cost.n} and {success.n}")
    if cost.mean < 0.0 or success.mean < 0.0:
        raise ValueError("costs and successes must not be negative")
    if success.mean == 0.0:
        raise ValueError("no success: the ratio does not exist")
    n, count = cost.n, cost.clusters
    ratio = cost.mean / success.mean
    spread = (
        covariance_from_sums(success, success, success.cluster_square),
        covariance_from_sums(cost, success, cluster_product),
        covariance_from_sums(cost, cost, cost.cluster_square),
    )
    if spread[0] is None or spread[1] is None or spread[2] is None:
        return Interval(ratio, None, None, ONE_CLUSTER if n > 1 else "a single item has no spread")
    critical = normal_critical(level) if count == n else student_critical(level, count - 1)
    square = critical**2
    # Quadratic a R^2 - 2 b R + c = 0; a > 0 is Fieller's g < 1.
    a = success.mean**2 - square * spread[0]
    b = cost.mean * success.mean - square * spread[1]
    c = cost.mean**2 - square * spread[2]
    root = sqrt(max(0.0, b * b - a * c))
    note = "" if count == n else f"clustered: {n} items in {count} groups"
    if a <= 0.0:
        # The set is then all R >= one root, provided that the mean cost is told apart from zero.
        low = min(ratio, (b - root) / a) if a < 0.0 < c else None
        successes = success.mean * success.size
        unbounded = f"unbounded above: {successes:g} successes in {n} items do not exclude a success rate of zero"
        return Interval(ratio, low, None, f"{note}; {unbounded}" if note else unbounded)
    low, high = (b - root) / a, (b + root) / a
    return Interval(ratio, min(ratio, max(0.0, low)), max(ratio, high), note)
