"""What the tagger sees of a word: its spelling, its outline and its neighbours, as counted features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from rung.strategies.tagging import IntArray
from rung.strategies.tfidf_linear.normal_form import normalised

_FEWEST = 2
"""A feature seen once in training cannot be told from chance, and such features are most of all."""
_LONGEST_AFFIX = 4


class WordSurroundings:
    """Sparse 0/1 features of each word in its text, in the manner of Ratinov and Roth (2009): the word, its affixes
    and outline, the two words on either side, and pairs of neighbours."""

    def __init__(self, columns: Mapping[str, int], training: csr_matrix | None = None) -> None:
        """`columns` numbers the features; `training` has the words that they were learned from, where still known."""
        self._columns = columns
        self._training = training

    @classmethod
    def learned(cls, texts: Sequence[Sequence[str]]) -> WordSurroundings:
        """Learns which features there are, from texts given as words."""
        found = [names for words in texts for names in names_of(words)]
        counts = Counter(name for names in found for name in names)
        kept = sorted(name for name, count in counts.items() if count >= _FEWEST)
        columns = {name: column for column, name in enumerate(kept)}
        return cls(columns, _matrix(found, columns))

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> WordSurroundings:
        """From what `saved` gave; without training words."""
        return cls({str(name): column for column, name in enumerate(saved["names"])})

    def saved(self) -> dict[str, Any]:
        """The names of the features, in the order of their columns."""
        return {"names": list(self._columns)}

    def training(self, positions: IntArray) -> csr_matrix:
        """Shape (len(positions), n_features), of words of the training texts; ValueError where they are not known."""
        if self._training is None:
            raise ValueError("features that were restored have no training words")
        return self._training[positions]

    def rows(self, words: Sequence[str]) -> csr_matrix:
        """Shape (len(words), n_features)."""
        return _matrix(list(names_of(words)), self._columns)


def _matrix(found: Sequence[Sequence[str]], columns: Mapping[str, int]) -> csr_matrix:
    """Shape (len(found), len(columns)): 1 where a word has a feature that is known."""
    known = [[columns[name] for name in names if name in columns] for names in found]
    starts = np.cumsum([0, *map(len, known)])
    flat = np.array([column for row in known for column in row], dtype=np.int32)
    return csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(known), len(columns)))


def names_of(words: Sequence[str]) -> Iterator[list[str]]:
    """The features of each word, each named once."""
    plain = ["<<", "<", *map(normalised, words), ">", ">>"]
    outlines = ["<<", "<", *map(outline, words), ">", ">>"]
    for position, word in enumerate(words, start=2):
        before2, before, here, after, after2 = plain[position - 2 : position + 3]
        names = [
            f"word {here}",
            f"outline {outlines[position]}",
            f"-1 {before}",
            f"-2 {before2}",
            f"+1 {after}",
            f"+2 {after2}",
            f"-1 outline {outlines[position - 1]}",
            f"+1 outline {outlines[position + 1]}",
            f"-2-1 {before2} {before}",
            f"-1 0 {before} {here}",
            f"0+1 {here} {after}",
            f"+1+2 {after} {after2}",
            f"-1+1 {before} {after}",
        ]
        longest = min(_LONGEST_AFFIX, len(here))
        names += [f"starts {here[:length]}" for length in range(1, longest + 1)]
        names += [f"ends {here[-length:]}" for length in range(1, longest + 1)]
        if word.isdigit():
            names.append(f"digits {len(word)}")
        yield names


def outline(word: str) -> str:
    """The word's shape, repeats made one: X for a capital, x for another letter, 0 for a digit, a sign itself."""
    return "".join(shape for shape, _ in groupby(map(_shape, word)))


def _shape(sign: str) -> str:
    if sign.isdigit():
        return "0"
    if sign.isupper():
        return "X"
    return "x" if sign.isalpha() else sign
