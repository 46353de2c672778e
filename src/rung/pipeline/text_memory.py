"""Encoding each text once, however many parts of train it stands in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rung.task.protocols import Embeddings, Encoder


class TextMemory:
    """An encoder that keeps the embedding of every text it was given, in memory.

    For many fits on overlapping texts. No latency may be measured through it, and its digits may differ in the last
    place from those of a collection encoded at once.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Embeddings] = {}

    @property
    def identity(self) -> str:
        """That of the encoder behind it."""
        return self._encoder.identity

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Shape (len(texts), dimensions), rows of unit length."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        if not texts:
            return self._encoder.encode(texts)
        return np.array([self._known[text] for text in texts])
