"""The best entries of a score array, in an order that no accident decides."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

IndexArray = NDArray[np.int64]


def best_first(scores: NDArray[np.floating[Any]], k: int) -> IndexArray:
    """Positions of the `k` highest scores, best first; equal scores in the order of their positions.

    `scores` has shape (n,) or (n_queries, n); the result has shape (min(k, n),) or (n_queries, min(k, n)).
    """
    order = np.argsort(-scores, axis=-1, kind="stable")
    return order[..., : max(k, 0)].astype(np.int64, copy=False)
