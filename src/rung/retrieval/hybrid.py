"""Search by shared terms and by meaning at once."""

from __future__ import annotations

from collections.abc import Sequence

from rung.retrieval.dense import DenseIndex
from rung.retrieval.encoding import encode_singly
from rung.retrieval.fusion import reciprocal_rank_fusion
from rung.retrieval.lexical import LexicalIndex
from rung.task.protocols import Encoder

DEPTH = 100
"""How many entries of each ranking enter the fusion; a place beyond it would add less than 1/160 to a score, too
little to lift an entry past those that stand near the top of either ranking."""


class HybridIndex:
    """BM25 and cosine rankings over the same texts, joined by reciprocal rank fusion.

    Meaning finds paraphrases, terms find exact strings (codes, names, rare words) that embeddings blur.
    """

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        """Encodes all texts once. Raises `MissingExtra` where bm25s is not installed."""
        self._encoder = encoder
        self._lexical = LexicalIndex(texts)
        self._dense = DenseIndex(encoder.encode(texts)) if texts else None

    def __len__(self) -> int:
        return len(self._lexical)

    def search(self, queries: Sequence[str], k: int) -> list[list[int]]:
        """For each query the positions of the `k` best texts (fewer where there are fewer), best first."""
        if self._dense is None or not queries:
            return [[] for _ in queries]
        by_meaning, _ = self._dense.search(encode_singly(self._encoder, queries), DEPTH)
        by_terms, scores = self._lexical.search(queries, DEPTH)
        found: list[list[int]] = []
        for row in range(len(queries)):
            # Texts that share no term fill up the lexical row in the order of their positions: that is no rank.
            lexical = by_terms[row][scores[row] > 0].tolist()
            fused = reciprocal_rank_fusion([by_meaning[row].tolist(), lexical])
            found.append([entry for entry, _ in fused[: max(k, 0)]])
        return found
