"""An encoder whose embeddings can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rung.task.protocols import Embeddings


class LetterEncoder:
    """Counts the letters a to z, scaled to unit length; a text without any points along an axis of its own."""

    identity = "letters"

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def encode(self, texts: Sequence[str]) -> Embeddings:
        self.calls.append(tuple(texts))
        rows = np.zeros((len(texts), 27), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.lower():
                if "a" <= letter <= "z":
                    row[ord(letter) - ord("a")] += 1
            if not row.any():
                row[26] = 1
            row /= np.linalg.norm(row)
        return rows


@pytest.fixture
def letters() -> LetterEncoder:
    return LetterEncoder()
