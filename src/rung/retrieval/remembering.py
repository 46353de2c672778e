"""Encoding a collection once, however many strategies index it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rung.task.example import content_hash
from rung.task.protocols import Embeddings, Encoder


class RememberingEncoder:
    """An encoder that keeps the embeddings of every collection it was given, in memory.

    A collection is a call with two texts or more, and is remembered as a whole: the same call gets the same digits
    back, whatever was encoded before it. A call with one text is a request, and always goes through, so that a
    latency measured through this encoder is true.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._collections: dict[str, Embeddings] = {}

    @property
    def identity(self) -> str:
        """That of the encoder behind it."""
        return self._encoder.identity

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Shape (len(texts), dimensions), rows of unit length. Remembered arrays are read-only and shared."""
        if len(texts) < 2:
            return self._encoder.encode(texts)
        key = content_hash(*texts)
        if key not in self._collections:
            embeddings = np.array(self._encoder.encode(texts))
            embeddings.setflags(write=False)
            self._collections[key] = embeddings
        return self._collections[key]
