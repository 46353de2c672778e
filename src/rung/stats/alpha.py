"""How far any number of annotators agree, when not everyone labelled everything."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, cluster_codes
from rung.stats.critical import upper_tail
from rung.stats.interval import Interval
from rung.stats.resampling import resampled_sums
from rung.stats.sums import ONE_CLUSTER


def krippendorff_alpha(
    ratings: Sequence[Sequence[Hashable | None]],
    *,
    level: float,
    draws: int,
    rng: np.random.Generator,
    clusters: ArrayLike | None = None,
) -> Interval:
    """Krippendorff's alpha for nominal labels, with a percentile bootstrap interval; 1 full agreement, 0 chance's.

    `ratings` has an entry per item, each the labels it got; None is no label, and items with fewer than two
    labels tell nothing. 1 - observed / expected disagreement (Krippendorff 2011, "Computing Krippendorff's
    alpha-reliability"). Items, or whole clusters of them, are drawn with replacement; his own bootstrap draws pairs
    of labels as if they were independent. ValueError when no item has two labels, or all are the same one.
    """
    names = np.arange(len(ratings)) if clusters is None else np.asarray(clusters)
    codes, _ = cluster_codes(names, len(ratings))
    labelled = [[label for label in item if label is not None] for item in ratings]
    kept = [index for index, labels in enumerate(labelled) if len(labels) >= 2]
    labels = {label: code for code, label in enumerate(dict.fromkeys(one for i in kept for one in labelled[i]))}
    if len(labels) < 2:
        raise ValueError("alpha needs items with two labels or more, and more than one label among them")
    counts = np.zeros((len(kept), len(labels)))
    for row, index in enumerate(kept):
        np.add.at(counts[row], [labels[label] for label in labelled[index]], 1)
    given = counts.sum(axis=1)
    disagreed = (given**2 - (counts**2).sum(axis=1)) / (given - 1)
    # One row per cluster: its disagreement, then how often it has each label. All that alpha needs are sums of rows.
    own, units = cluster_codes(codes[kept], len(kept))
    rows = np.zeros((units, 1 + len(labels)))
    np.add.at(rows, own, np.column_stack([disagreed, counts]))
    alpha = float(_alpha(rows.sum(axis=0)[None, :])[0])
    if units == 1:
        return Interval(alpha, None, None, ONE_CLUSTER)
    if not disagreed.any():
        return Interval(alpha, None, None, f"all labels of all {len(kept)} items agree: the spread is unknown")
    drawn = _alpha(resampled_sums(rows, draws, rng))
    told = drawn[np.isfinite(drawn)]
    tail = upper_tail(level)
    low, high = np.quantile(told, [tail, 1 - tail])
    lost = draws - told.size
    note = f"{lost} of {draws} draws had one label only and were left out" if lost else ""
    return Interval(alpha, min(float(low), alpha), max(float(high), alpha), note)


def _alpha(sums: FloatArray) -> FloatArray:
    """Alpha of each row of sums (disagreement, then the count of each label); NaN with a single label."""
    disagreed, counts = sums[:, 0], sums[:, 1:]
    n = counts.sum(axis=1)
    expected = (n**2 - (counts**2).sum(axis=1)) / (n - 1)
    alphas = np.full(n.size, np.nan)
    np.divide(disagreed, expected, out=alphas, where=expected > 0)
    return 1.0 - alphas
