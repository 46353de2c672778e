"""Looks an input up among the corpus entries."""

from __future__ import annotations

from collections.abc import Sequence

from rung.errors import InvalidData
from rung.retrieval import DenseIndex, encode_singly
from rung.task.example import CorpusEntry
from rung.task.protocols import Encoder, Prediction


class NearestEntryPredictor:
    """Answers with the label of the nearest entry; its cosine, cut to [0, 1], is the confidence."""

    def __init__(self, encoder: Encoder, entries: Sequence[CorpusEntry], *, shown: int) -> None:
        """`entries` all have a label and at least one of them is there, else `InvalidData`."""
        if not entries or any(entry.label is None for entry in entries):
            raise InvalidData(
                "strategy retrieval found no corpus entry that names a label of the task; "
                'add "label" to the entries of data.corpus'
            )
        self._encoder = encoder
        self._entries = tuple(entries)
        self._index = DenseIndex(encoder.encode([entry.passage for entry in self._entries]))
        self._shown = shown

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order."""
        if not inputs:
            return []
        positions, cosines = self._index.search(encode_singly(self._encoder, inputs), self._shown)
        return [self._answer(found.tolist(), float(row[0])) for found, row in zip(positions, cosines, strict=True)]

    def _answer(self, positions: Sequence[int], cosine: float) -> Prediction:
        nearest = self._entries[positions[0]]
        return Prediction(
            output=nearest.label or "",
            confidence=min(max(cosine, 0.0), 1.0),
            retrieved=tuple(self._entries[position].id for position in positions),
        )
