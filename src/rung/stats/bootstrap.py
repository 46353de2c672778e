"""The bootstrap of a mean difference on the same items, fast enough to be asked for in passing.

Where a formula gives an interval it holds its level as well or better, above all for few items (Bowyer et al. 2025,
arXiv:2503.01747). This one is for scores of odd shapes, and to check the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_codes, cluster_totals
from rung.stats.critical import upper_tail
from rung.stats.interval import Interval
from rung.stats.resampling import resampled_sums
from rung.stats.sums import ONE_CLUSTER


def paired_bootstrap(
    first: ArrayLike,
    second: ArrayLike,
    *,
    level: float,
    draws: int,
    rng: np.random.Generator,
    clusters: ArrayLike | None = None,
) -> Interval:
    """Mean of `first` minus `second` on the same items, with its percentile bootstrap interval (Efron 1979).

    Both of shape (n_items,). Items are drawn with replacement, whole clusters where `clusters` is given.
    Percentiles are too narrow for few units: with a dozen clusters an end missed in up to 13 % of simulated samples
    where 5 % are meant. Both ends None when all differences are equal or all items are in one cluster.
    """
    one, two = as_values(first), as_values(second)
    if one.shape != two.shape:
        raise ValueError(f"both must be of the same items, got {one.size} and {two.size}")
    tail = upper_tail(level)
    differences = one - two
    mid = float(differences.mean())
    if np.ptp(differences) == 0.0:
        return Interval(mid, None, None, f"all {one.size} differences are equal: their spread is unknown")
    totals, sizes, note = differences, np.ones(one.size), ""
    if clusters is not None:
        codes, count = cluster_codes(clusters, one.size)
        if count == 1:
            return Interval(mid, None, None, ONE_CLUSTER)
        totals, sizes = cluster_totals(differences, codes), np.bincount(codes).astype(np.float64)
        note = "" if count == one.size else f"clustered: {one.size} items in {count} groups"
    if np.ptp(sizes) == 0.0:
        means = resampled_sums(totals[:, None], draws, rng)[:, 0] / one.size
    else:
        sums = resampled_sums(np.column_stack([totals, sizes]), draws, rng)
        means = sums[:, 0] / sums[:, 1]
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(mid, min(mid, float(low)), max(mid, float(high)), note)
