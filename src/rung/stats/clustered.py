"""Means of items that share a document, a customer or a conversation.

Items of one cluster may agree with each other for reasons that the next cluster does not share, so the cluster
is the unit that was sampled. The standard error is the one of Miller 2024 (arXiv:2411.00640, appendix A) times
sqrt(G / (G - 1)), which for clusters of one item gives the usual s / sqrt(n).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.critical import student_critical
from rung.stats.interval import Interval

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

ONE_CLUSTER = "all items belong to one group: their spread between groups is unknown; add items of other groups"


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


def cluster_standard_error(values: ArrayLike, clusters: ArrayLike, *, weights: ArrayLike | None = None) -> float | None:
    """Standard error of the (weighted) mean of `values`, in their unit; None with fewer than two clusters.

    sqrt(G / (G - 1) * sum over clusters of (sum of w (value - mean))^2) / sum of w.
    """
    array = as_values(values)
    codes, count = cluster_codes(clusters, array.size)
    if count < 2:
        return None
    weight = np.ones(array.size) if weights is None else as_values(weights)
    deviations = weight * (array - np.average(array, weights=weight))
    totals = cluster_totals(deviations, codes)
    return float(np.sqrt(count / (count - 1) * (totals**2).sum()) / weight.sum())


def design_effect(values: ArrayLike, clusters: ArrayLike) -> float | None:
    """How many times larger the variance of the mean is than that of as many independent items.

    1 for clusters of one item. Below 1 when items of a cluster differ more than items of different clusters.
    None with fewer than two clusters or when all values are equal.
    """
    array = as_values(values)
    error = cluster_standard_error(array, clusters)
    if error is None or np.ptp(array) == 0.0:
        return None
    return float(error**2 / (array.var(ddof=1) / array.size))


def clustered_mean(values: ArrayLike, clusters: ArrayLike, *, level: float) -> Interval:
    """The mean with its t interval on G - 1 degrees of freedom, two-sided at `level`, in the unit of `values`."""
    array = as_values(values)
    mean = float(array.mean())
    error = cluster_standard_error(array, clusters)
    if error is None:
        return Interval(mean, None, None, ONE_CLUSTER)
    if np.ptp(array) == 0.0:
        return Interval(mean, None, None, f"all {array.size} values are equal: their spread is unknown")
    _, count = cluster_codes(clusters, array.size)
    reach = student_critical(level, count - 1) * error
    note = "" if count == array.size else f"clustered: {array.size} items in {count} groups"
    return Interval(mean, mean - reach, mean + reach, note)
