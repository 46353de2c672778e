"""Means of items that share a document, a customer or a conversation, from the items themselves.

The formulas are those of `sums.py`, on sums added up here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.interval import Interval
from rung.stats.sums import ClusterSums, design_effect_from_sums, mean_from_sums, standard_error_from_sums

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]


def as_values(values: ArrayLike) -> FloatArray:
    """`values` as a float array of shape (n_items,); ValueError when empty, not one-dimensional or not finite."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"values must be a non-empty one-dimensional array, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("values must be finite")
    return array


def cluster_codes(clusters: ArrayLike, n_items: int) -> tuple[IndexArray, int]:
    """Cluster numbers 0 .. G-1 of shape (n_items,), and G. Takes numbers or names."""
    array = np.asarray(clusters)
    if array.shape != (n_items,):
        raise ValueError(f"clusters must have one entry per item: shape ({n_items},), got {array.shape}")
    names, codes = np.unique(array, return_inverse=True)
    return codes.astype(np.intp), int(names.size)


def cluster_totals(values: FloatArray, codes: IndexArray) -> FloatArray:
    """The sum of `values` in each cluster, shape (G,)."""
    return np.bincount(codes, weights=values).astype(np.float64)


def cluster_sums(values: ArrayLike, clusters: ArrayLike, *, weights: ArrayLike | None = None) -> ClusterSums:
    """The sums of (weighted) `values`, shape (n_items,), that every clustered interval is computed from.

    Values of -1, 0 and 1 are added up as they are, which is exact; others less their mean.
    """
    array = as_values(values)
    codes, count = cluster_codes(clusters, array.size)
    weight = np.ones(array.size) if weights is None else as_values(weights)
    centre = 0.0 if np.isin(array, (-1.0, 0.0, 1.0)).all() else float(np.average(array, weights=weight))
    centred = array - centre
    totals, sizes = cluster_totals(weight * centred, codes), cluster_totals(weight, codes)
    distinct, occurrences = np.unique(array, return_counts=True)
    return ClusterSums(
        n=array.size,
        clusters=count,
        total=float((weight * centred).sum()),
        total_square=float((weight * centred**2).sum()),
        cluster_square=float((totals**2).sum()),
        cluster_cross=float((totals * sizes).sum()),
        size_square=float((sizes**2).sum()),
        carriers=np.unique(codes[array != distinct[occurrences.argmax()]]).size,
        centre=centre,
        weight=None if weights is None else float(weight.sum()),
        weight_square=None if weights is None else float((weight**2).sum()),
    )


def cluster_standard_error(values: ArrayLike, clusters: ArrayLike, *, weights: ArrayLike | None = None) -> float | None:
    """Standard error of the (weighted) mean of `values`, in their unit; None with fewer than two clusters.

    sqrt(G / (G - 1) * sum over clusters of (sum of w (value - mean))^2) / sum of w.
    """
    return standard_error_from_sums(cluster_sums(values, clusters, weights=weights))


def design_effect(values: ArrayLike, clusters: ArrayLike) -> float | None:
    """How many times larger the variance of the mean is than that of as many independent items.

    1 for clusters of one item. Below 1 when items of a cluster differ more than items of different clusters.
    None with fewer than two clusters or when all values are equal.
    """
    return design_effect_from_sums(cluster_sums(values, clusters))


def clustered_mean(values: ArrayLike, clusters: ArrayLike, *, level: float) -> Interval:
    """The mean with its t interval on G - 1 degrees of freedom, two-sided at `level`, in the unit of `values`."""
    return mean_from_sums(cluster_sums(values, clusters), level=level)
