"""Search by closeness of meaning (embeddings)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rung.retrieval.ranking import IndexArray, best_first
from rung.task.protocols import Embeddings


class DenseIndex:
    """Exact cosine search over a fixed matrix of unit rows.

    Exact on purpose: an approximate index buys speed that collections below about a million entries do not need,
    and would add a recall of its own to every result.
    """

    def __init__(self, embeddings: Embeddings) -> None:
        """`embeddings`: shape (n_entries, dimensions), rows of unit length."""
        if embeddings.ndim != 2:
            raise ValueError(f"embeddings must have shape (n_entries, dimensions), got {embeddings.shape}")
        self._embeddings = np.ascontiguousarray(embeddings, dtype=np.float32)

    def __len__(self) -> int:
        return int(self._embeddings.shape[0])

    def search(self, queries: Embeddings, k: int) -> tuple[IndexArray, NDArray[np.float32]]:
        """(positions, cosines), both of shape (n_queries, min(k, n_entries)), best first.

        `queries`: shape (n_queries, dimensions), rows of unit length. Each row is multiplied on its own: a matrix
        product may round differently with other rows beside it, and an answer must not depend on its companions.
        """
        width = min(max(k, 0), len(self))
        positions = np.zeros((len(queries), width), dtype=np.int64)
        cosines = np.zeros((len(queries), width), dtype=np.float32)
        for row, query in enumerate(queries):
            scores = self._embeddings @ query.astype(np.float32, copy=False)
            positions[row] = best_first(scores, width)
            cosines[row] = scores[positions[row]]
        return positions, cosines
