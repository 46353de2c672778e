"""What the tagger sees of a word: its state in a frozen encoder, beside those of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rung.strategies.tagging import IntArray
from rung.task.protocols import Embeddings, WordEncoder

WINDOW = 96
"""Words read at a time. An encoder reads some 250 tokens; a word is rarely more than two."""
_AT_ONCE = 256


class EncodedWords:
    """A word's own row, that of the word before and that of the word after, side by side; zeros beyond the ends.

    The state of a word already knows its context; the neighbours' own states say where a value starts and ends
    (the first linear probes of tagging used the word alone: Belinkov et al. 2017, arXiv:1704.03471).
    """

    def __init__(self, encoder: WordEncoder, texts: Sequence[Sequence[str]]) -> None:
        """Encodes all the texts, given as words."""
        self._encoder = encoder
        parts = [part for words in texts for part in windows(words)]
        states = [
            rows for start in range(0, len(parts), _AT_ONCE) for rows in encoder.encode_words(parts[start:][:_AT_ONCE])
        ]
        self._states = np.concatenate(states) if states else np.zeros((0, 0), dtype=np.float32)
        ends = np.cumsum([len(words) for words in texts])
        self._is_first = np.zeros(len(self._states), dtype=bool)
        self._is_last = np.zeros(len(self._states), dtype=bool)
        self._is_first[[end for end in (0, *ends[:-1].tolist()) if end < len(self._states)]] = True
        self._is_last[[end - 1 for end in ends.tolist() if end > 0]] = True

    def saved(self) -> dict[str, Any]:
        """Nothing: the encoder is frozen."""
        return {}

    def training(self, positions: IntArray) -> Embeddings:
        """Shape (len(positions), 3 dimensions), of words of the training texts."""
        before = np.where(self._is_first[positions, np.newaxis], 0, self._states[np.maximum(positions - 1, 0)])
        last = len(self._states) - 1
        after = np.where(self._is_last[positions, np.newaxis], 0, self._states[np.minimum(positions + 1, last)])
        rows: Embeddings = np.concatenate([self._states[positions], before, after], axis=1, dtype=np.float32)
        return rows

    def rows(self, words: Sequence[str]) -> Embeddings:
        """Shape (len(words), 3 dimensions), at least one word."""
        return EncodedWords(self._encoder, [words]).training(np.arange(len(words)))


def windows(words: Sequence[str]) -> list[Sequence[str]]:
    """The words in parts of at most `WINDOW`, in order; none for no words."""
    return [words[start : start + WINDOW] for start in range(0, len(words), WINDOW)]
