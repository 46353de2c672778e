"""How much a sentence looks like the answer to a question, by the terms they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log, log1p, sqrt

import numpy as np

from rung.retrieval import LexicalIndex, tokens
from rung.strategies.sentence_choice import PASSAGES, Found, Sentence, beside_the_best, corpus_sentences
from rung.task.example import CorpusEntry

STEM = 5
"""Letters by which inflected forms of a word are taken for the same, in whatever language."""


class LexicalSentences:
    """Sentences of the passages that BM25 finds, described by overlap with the question."""

    def __init__(self, entries: Sequence[CorpusEntry], most_words: int) -> None:
        """Indexes passages, and counts in how many sentences each term stands."""
        self._index = LexicalIndex([entry.passage for entry in entries])
        self._sentences = corpus_sentences(entries, most_words=most_words)
        self._titles = [stems(tokens(entry.title)) for entry in entries]
        counts = Counter(stem for own in self._sentences for each in own for stem in stems(tokens(each.text)))
        self._total = sum(map(len, self._sentences))
        self._counts = counts

    def find_all(self, questions: Sequence[str]) -> list[Found]:
        """One `Found` per question, in order."""
        return [self.find(question) for question in questions]

    def find(self, question: str) -> Found:
        """Only passages that share a term with the question."""
        positions, scores = self._index.search([question], PASSAGES)
        ranked = [(int(entry), float(score)) for entry, score in zip(positions[0], scores[0], strict=True) if score > 0]
        asked = tokens(question)
        candidates: list[Sentence] = []
        rows: list[list[float]] = []
        for rank, (entry, score) in enumerate(ranked, start=1):
            own = self._sentences[entry]
            for number, candidate in enumerate(own):
                around = [own[other].text for other in (number - 1, number + 1) if 0 <= other < len(own)]
                candidates.append(candidate)
                overlaps = self._overlaps(asked, candidate.text, around, self._titles[entry])
                rows.append([score / ranked[0][1], 1 / rank, 1 / (1 + candidate.place), *overlaps])
        features = np.array(rows) if rows else np.zeros((0, 0))
        return Found(tuple(entry for entry, _ in ranked), tuple(candidates), beside_the_best(features, _COMPARED))

    def _overlaps(self, asked: Sequence[str], text: str, around: Sequence[str], title: frozenset[str]) -> list[float]:
        here = tokens(text)
        question, sentence = stems(asked), stems(here)
        nearby = frozenset(stem for each in around for stem in stems(tokens(each)))
        whole = max(self._weight(question), 1e-9)
        shared = self._weight(question & sentence)
        pairs, pairs_here = set(pairwise(asked)), set(pairwise(here))
        return [
            shared / whole,
            shared / max(sqrt(whole * self._weight(sentence)), 1e-9),
            len(set(asked) & set(here)) / max(len(set(asked)), 1),
            len(pairs & pairs_here) / max(len(pairs), 1),
            self._weight(question & (nearby - sentence)) / whole,
            self._weight(question & (title - sentence)) / whole,
            self._weight(question - sentence - nearby - title) / whole,
            log1p(len(here)),
            len(sentence - question) / max(len(sentence), 1),
            float(any(term[0].isdigit() for term in here)),
            float(any(word[0].isupper() for word in text.split()[1:])),
        ]

    def _weight(self, terms: frozenset[str]) -> float:
        """The sum of the terms' inverse sentence frequencies, as BM25 has them; summed in one order."""
        total = self._total
        return sum(log(1 + (total - self._counts[term] + 0.5) / (self._counts[term] + 0.5)) for term in sorted(terms))


_COMPARED = (3, 4, 5)
"""The columns of which it also matters how far behind the best sentence a sentence is."""


def stems(terms: Sequence[str]) -> frozenset[str]:
    """The first letters of each term, each once."""
    return frozenset(term[:STEM] for term in terms)
