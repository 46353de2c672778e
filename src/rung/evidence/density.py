"""How alone a text stands among the others: likeness to its nearest neighbours, and words that nobody else uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rung.evidence.duplicates import normalised
from rung.evidence.trigrams import Trigrams
from rung.task.example import Example, content_hash

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NEIGHBOURS = 5
REFERENCES = 2_000
"""Texts that the others are held against: enough to find a neighbour, few enough for ten thousand items in seconds."""
MOST_CHARACTERS, FEWEST_CHARACTERS, ALL_CHARACTERS = 2_000, 200, 2_000_000
"""Of each text its beginning is compared: as much as keeps all texts together at two million, within these bounds."""
_COMMONEST = 0.25
"""Trigrams that more than this part of the texts has tell them apart too little to be worth their time."""
_BLOCK = 500


def neighbour_similarity(examples: Sequence[Example], *, seed: int) -> NDArray[np.float64]:
    """Mean cosine similarity of each text to its five nearest among items of other groups, shape (items,), in [0, 1].

    Vectors are binary character trigrams, each weighted by its inverse document frequency. Of more than 2,000 items a
    sample that the seed and the ids fix stands for all. 0 where nothing is shared, NaN where no other group is.
    """
    vectors = _vectors([normalised(text) for text in _beginnings(examples)])
    numbers: dict[str, int] = {}
    groups = np.array([numbers.setdefault(one.group, len(numbers)) for one in examples])
    order = sorted(range(len(examples)), key=lambda place: content_hash(str(seed), "reference", examples[place].id))
    references = np.array(sorted(order[:REFERENCES]), dtype=np.int64)
    transposed = vectors[references].T.tocsr()
    wide = len(references) > NEIGHBOURS
    means = np.full(len(examples), np.nan)
    for start in range(0, len(examples), _BLOCK):
        block = slice(start, start + _BLOCK)
        likeness = (vectors[block] @ transposed).toarray()
        likeness[groups[block][:, None] == groups[references][None, :]] = -1.0
        nearest = np.partition(likeness, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:] if wide else likeness
        found = nearest >= 0
        counts = found.sum(axis=1)
        sums = np.where(found, nearest, 0.0).sum(axis=1)
        means[block] = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    capped: NDArray[np.float64] = np.minimum(means, 1.0)
    return capped


def _beginnings(examples: Sequence[Example]) -> list[str]:
    first = min(max(ALL_CHARACTERS // max(1, len(examples)), FEWEST_CHARACTERS), MOST_CHARACTERS)
    return [one.input[:first] for one in examples]


def _vectors(texts: Sequence[str]) -> csr_matrix:
    """One row of length 1 for each normalised text; a row of zeros for one of common trigrams only."""
    from scipy.sparse import csr_matrix

    codes, starts = Trigrams(texts).of(texts)
    rows = np.repeat(np.arange(len(texts)), np.diff(np.append(starts, codes.size)))
    known, columns = np.unique(codes, return_inverse=True)
    rows, columns = np.divmod(np.unique(rows * len(known) + columns), len(known))
    frequency = np.bincount(columns, minlength=len(known))
    telling = frequency[columns] <= max(2, _COMMONEST * len(texts))
    rows, columns = rows[telling], columns[telling]
    weights = np.log((1 + len(texts)) / (1 + frequency[columns])) + 1
    lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)))
    return csr_matrix((weights / lengths[rows], (rows, columns)), shape=(len(texts), len(known)))


def words_alone(examples: Sequence[Example]) -> list[tuple[int, int]]:
    """By item: how many of its different words stand in no item of another group, and how many words it has."""
    words = [frozenset(normalised(text).split()) for text in _beginnings(examples)]
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for one, own in zip(examples, words, strict=True):
        for word in own:
            groups[word].add(one.group)
    return [(sum(len(groups[word]) == 1 for word in own), len(own)) for own in words]
