"""Looks an input up among the corpus entries."""

from __future__ import annotations

import json
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
        return [self._answer(found.tolist(), row.tolist()) for found, row in zip(positions, cosines, strict=True)]

    def _answer(self, positions: Sequence[int], cosines: Sequence[float]) -> Prediction:
        return Prediction(
            output=self._entries[positions[0]].label or "",
            confidence=min(max(cosines[0], 0.0), 1.0),
            retrieved=tuple(self._entries[position].id for position in positions),
        )


class LabelSetPredictor(NearestEntryPredictor):
    """Answers with the labels of all the entries shown that are near, and with none where none is; the nearest one's
    cosine is the confidence."""

    def __init__(self, encoder: Encoder, entries: Sequence[CorpusEntry], *, shown: int, near: float) -> None:
        """`near`: the least cosine that gives a label."""
        super().__init__(encoder, entries, shown=shown)
        self._near = near

    def _answer(self, positions: Sequence[int], cosines: Sequence[float]) -> Prediction:
        near = [position for position, cosine in zip(positions, cosines, strict=True) if cosine >= self._near]
        labels = sorted({self._entries[position].label or "" for position in near})
        return Prediction(
            output=json.dumps(labels, ensure_ascii=False),
            confidence=min(cosines[0], 1.0) if labels else None,
            retrieved=tuple(self._entries[position].id for position in positions),
        )
