"""How many independent items a clustered sample is worth.

The design effect that a sample shows is itself an estimate, and a poor one where an outcome is rare: it is seen only
through the few clusters that hold a rare outcome, and reads near 1 when by luck those are small. Taken at face
value it lets the lower end of a share near 1 miss two to three times as often as its level allows. So the effect
seen is averaged with the worst case (items of a cluster always agree), which counts as one more cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_codes, cluster_sums, cluster_totals
from rung.stats.sums import effective_from_sums


def effective_items(values: ArrayLike, clusters: ArrayLike, *, weights: ArrayLike | None = None) -> float | None:
    """The number of independent items that would know the (weighted) mean as well as these, in [1, n_items].

    n / deff with deff = (k * max(1, seen) + worst) / (k + 1): `seen` is the design effect of the sample, `worst`
    that of clusters whose items always agree, and k the number of clusters that hold any value but the most
    common one. Exactly n for equally weighted clusters of one item; None for several items in one cluster.
    """
    return effective_from_sums(cluster_sums(values, clusters, weights=weights))


def effective_clusters(clusters: ArrayLike, weights: ArrayLike | None = None) -> float:
    """The sample size left when items of a cluster always agree: (sum w)^2 / sum over clusters of (sum w)^2.

    Between 1 and G; equals G when all clusters weigh the same (Kish 1965, with clusters as elements).
    """
    array = np.asarray(clusters)
    codes, _ = cluster_codes(array, array.size)
    totals = cluster_totals(np.ones(array.size) if weights is None else as_values(weights), codes)
    return float(totals.sum() ** 2 / (totals**2).sum())
