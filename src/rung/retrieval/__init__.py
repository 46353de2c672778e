"""Finding the passages, or the solved examples, that an input is about. Exact, in memory, deterministic."""

from __future__ import annotations

from rung.retrieval.dense import DenseIndex
from rung.retrieval.encoding import encode_singly
from rung.retrieval.fusion import reciprocal_rank_fusion
from rung.retrieval.hybrid import HybridIndex
from rung.retrieval.lexical import LexicalIndex
from rung.retrieval.remembering import RememberingEncoder
from rung.retrieval.sentences import sentences
from rung.retrieval.tokens import tokens

__all__ = [
    "DenseIndex",
    "HybridIndex",
    "LexicalIndex",
    "RememberingEncoder",
    "encode_singly",
    "reciprocal_rank_fusion",
    "sentences",
    "tokens",
]
