"""Search by shared terms (BM25)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rung.errors import MissingExtra
from rung.retrieval.ranking import IndexArray, best_first
from rung.retrieval.tokens import tokens

K1 = 1.5
B = 0.75


class LexicalIndex:
    """BM25 over a fixed list of texts.

    Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond", with the
    non-negative inverse document frequency ln(1 + (N - n + 0.5) / (n + 0.5)) and without the constant factor
    (k1 + 1), which changes no order.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Raises `MissingExtra` where bm25s is not installed."""
        try:
            import bm25s
        except ImportError as error:
            raise MissingExtra("local", "lexical retrieval") from error
        self._size = len(texts)
        self._bm25: Any = None
        documents = [tokens(text) for text in texts]
        if any(documents):  # bm25s cannot index a collection without a single term
            self._bm25 = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
            self._bm25.index(documents, show_progress=False)

    def __len__(self) -> int:
        return self._size

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every text for this query, shape (n_texts,), at least 0; all 0 where no term is shared."""
        terms = tokens(query)
        if self._bm25 is None or not terms:
            return np.zeros(self._size, dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(terms)
        return scores

    def search(self, queries: Sequence[str], k: int) -> tuple[IndexArray, NDArray[np.float32]]:
        """(positions, scores), both of shape (len(queries), min(k, n_texts)), best first.

        A position whose score is 0 shares no term with the query; it is there only to fill the row.
        """
        width = min(max(k, 0), self._size)
        positions = np.zeros((len(queries), width), dtype=np.int64)
        scores = np.zeros((len(queries), width), dtype=np.float32)
        for row, query in enumerate(queries):
            all_scores = self.scores(query)
            positions[row] = best_first(all_scores, width)
            scores[row] = all_scores[positions[row]]
        return positions, scores
