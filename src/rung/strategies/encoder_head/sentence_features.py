"""How much a sentence looks like the answer to a question, by closeness of meaning."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

import numpy as np

from rung.retrieval import DenseIndex
from rung.strategies.sentence_choice import PASSAGES, Found, Sentence, beside_the_best, corpus_sentences
from rung.task.example import CorpusEntry
from rung.task.protocols import Embeddings, Encoder


class DenseSentences:
    """Sentences of the nearest passages, described by cosines between question, sentence and passage.

    All sentences are encoded beforehand: together they are as long as the passages, which any index encodes.
    """

    def __init__(self, encoder: Encoder, entries: Sequence[CorpusEntry], most_words: int) -> None:
        """Encodes passages and sentences, each once."""
        self._encoder = encoder
        self._passages = encoder.encode([entry.passage for entry in entries])
        self._index = DenseIndex(self._passages)
        self._sentences = corpus_sentences(entries, most_words=most_words)
        self._starts = np.cumsum([0, *map(len, self._sentences)]).tolist()
        texts = [each.text for own in self._sentences for each in own]
        self._states = encoder.encode(texts) if texts else np.zeros((0, self._passages.shape[1]), dtype=np.float32)

    def find(self, question: str) -> Found:
        """The sentences of the nearest passages; there are always some unless every passage is blank or too long."""
        return self._found(self._encoder.encode([question])[0])

    def find_all(self, questions: Sequence[str]) -> list[Found]:
        """One `Found` per question, in order."""
        return [self._found(row) for row in self._encoder.encode(questions)]

    def _found(self, question: Embeddings) -> Found:
        positions, cosines = self._index.search(question[np.newaxis, :], PASSAGES)
        candidates: list[Sentence] = []
        rows: list[list[float]] = []
        for rank, (entry, cosine) in enumerate(zip(positions[0].tolist(), cosines[0].tolist(), strict=True), start=1):
            states = self._states[self._starts[entry] : self._starts[entry + 1]]
            to_question = (states @ question).tolist()
            to_passage = (states @ self._passages[entry]).tolist()
            for candidate, asked, held in zip(self._sentences[entry], to_question, to_passage, strict=True):
                candidates.append(candidate)
                length = log1p(len(candidate.text.split()))
                rows.append([asked, cosine, held, asked * cosine, 1 / rank, 1 / (1 + candidate.place), length])
        features = np.array(rows) if rows else np.zeros((0, 0))
        return Found(tuple(positions[0].tolist()), tuple(candidates), beside_the_best(features, _COMPARED))


_COMPARED = (0, 1)
"""The columns of which it also matters how far behind the best sentence a sentence is."""
