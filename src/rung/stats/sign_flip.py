"""A permutation test on paired differences, for scores of any shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values, cluster_codes, cluster_totals

_CELLS_PER_BATCH = 4_000_000  # 32 MB of signs at once


def sign_flip(differences: ArrayLike, clusters: ArrayLike, *, draws: int, rng: np.random.Generator) -> float:
    """Two-sided p-value of "the mean difference is zero"; the items of a cluster flip their sign together.

    Counts every sign pattern when there are at most `draws` of them, and otherwise draws that many; the
    pattern seen counts as one of those drawn, so the value is never 0 (Phipson and Smyth 2010).
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws}")
    values = as_values(differences)
    codes, _ = cluster_codes(clusters, values.size)
    totals = cluster_totals(values, codes)
    totals = totals[totals != 0.0]
    if totals.size == 0:
        return 1.0
    # Sums that are equal on paper may differ in the last bits.
    seen = abs(float(totals.sum())) - 1e-9 * float(np.abs(totals).sum())
    if totals.size < 63 and 2**totals.size <= draws:
        patterns = np.arange(2**totals.size)[:, None] >> np.arange(totals.size) & 1
        return float(np.mean(np.abs((2.0 * patterns - 1.0) @ totals) >= seen))
    batch = max(1, _CELLS_PER_BATCH // totals.size)
    hits, left = 0, draws
    while left > 0:
        signs = 2.0 * rng.integers(0, 2, size=(min(batch, left), totals.size)) - 1.0
        hits += int(np.count_nonzero(np.abs(signs @ totals) >= seen))
        left -= batch
    return (1 + hits) / (1 + draws)
