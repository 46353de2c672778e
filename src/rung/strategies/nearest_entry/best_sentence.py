"""Looks a question up in the sentences of the passages nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rung.errors import InvalidData
from rung.retrieval import DenseIndex, encode_singly, sentences
from rung.task.example import CorpusEntry
from rung.task.protocols import Embeddings, Encoder, Prediction


class BestSentencePredictor:
    """Answers with the sentence nearest to the question among those of the nearest passages, word for word; abstains
    where even that one is not near. Its cosine, cut to [0, 1], is the confidence."""

    def __init__(self, encoder: Encoder, corpus: Sequence[CorpusEntry], *, shown: int, near: float) -> None:
        """`shown` passages are looked into; `near`: the least cosine that answers. `InvalidData` where the corpus
        holds no text. Encodes every passage and every sentence once, a sentence behind its title."""
        self._entries = [entry for entry in corpus if entry.passage.strip()]
        if not self._entries:
            raise InvalidData("strategy retrieval found no text in the corpus; name one under data.corpus")
        self._encoder = encoder
        self._passages = DenseIndex(encoder.encode([entry.passage for entry in self._entries]))
        self._sentences: list[tuple[int, str]] = []
        for number, entry in enumerate(self._entries):
            self._sentences += [(number, sentence) for sentence in sentences(entry.text) or [entry.passage.strip()]]
        self._rows = encoder.encode([_titled(self._entries[owner], text) for owner, text in self._sentences])
        self._owners = np.array([owner for owner, _ in self._sentences])
        self._shown, self._near = shown, near

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order; `retrieved` names the passages looked into, the nearest first."""
        if not inputs:
            return []
        queries = encode_singly(self._encoder, inputs)
        positions, _ = self._passages.search(queries, self._shown)
        return [self._answer(query, found.tolist()) for query, found in zip(queries, positions, strict=True)]

    def _answer(self, query: Embeddings, passages: Sequence[int]) -> Prediction:
        own = np.flatnonzero(np.isin(self._owners, passages))
        cosines = self._rows[own] @ query
        best = int(np.argmax(cosines))
        answer = Prediction("", retrieved=tuple(self._entries[passage].id for passage in passages))
        if cosines[best] < self._near:
            return replace(answer, abstained=True)
        return replace(answer, output=self._sentences[own[best]][1], confidence=min(float(cosines[best]), 1.0))


def _titled(entry: CorpusEntry, sentence: str) -> str:
    """A sentence alone often does not say what it is about; its title does."""
    return f"{entry.title}. {sentence}" if entry.title and sentence != entry.passage.strip() else sentence
