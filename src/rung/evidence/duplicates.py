"""Near-duplicates among short texts.

Two texts are near-duplicates when they are equal after normalisation, or when the Jaccard similarity of their
sets of character trigrams is at least `THRESHOLD`. The join is exact, not hashed: prefix filtering over trigrams
ordered from rare to common leaves few candidates (Bayardo, Ma and Srikant, "Scaling up all pairs similarity
search", WWW 2007), extended to several shared members (Wang, Li and Feng, "Can we beat the prefix filtering?",
SIGMOD 2012). Above `EXACT_UP_TO` texts, where that takes long, candidates come from MinHash instead (`minhash.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from rung.evidence.minhash import similar_pairs

THRESHOLD = 0.8
EXACT_UP_TO = 20_000
"""Different texts up to which every pair is found: about six seconds on one core. Above, a few in a thousand of the
pairs just at the threshold are missed, and hardly any of the more similar ones."""
_WIDTH = 3
_SHARED_IN_PREFIX = 4
"""How many rare trigrams two texts must share to be compared: more makes longer lists and fewer comparisons."""
_SLACK = 1e-9
_SEPARATORS = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """NFKC, case-folded, every run of punctuation and space one space. A text of signs only stays as it is."""
    words = _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return words or text


def trigrams(text: str) -> frozenset[str]:
    """The character trigrams of the normalised text, with one space on each side."""
    padded = f" {normalised(text)} "
    return frozenset(padded[start : start + _WIDTH] for start in range(max(1, len(padded) - _WIDTH + 1)))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared trigrams over all trigrams, in [0, 1]."""
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared)


def near_duplicate_pairs(texts: Sequence[str], threshold: float = THRESHOLD) -> list[tuple[int, int]]:
    """All pairs (i, j), i < j, of near-duplicate texts among different normalised texts, and a chain through
    equal ones (each with the first of its kind). Sorted. Above `EXACT_UP_TO` different texts, what
    `minhash` finds of them."""
    pairs: list[tuple[int, int]] = []
    first: dict[str, int] = {}
    for position, text in enumerate(texts):
        earlier = first.setdefault(normalised(text), position)
        if earlier != position:
            pairs.append((earlier, position))
    positions = list(first.values())
    similar = (
        _similar([trigrams(texts[position]) for position in positions], threshold)
        if len(positions) <= EXACT_UP_TO
        else similar_pairs(list(first), threshold).tolist()
    )
    pairs += [(min(positions[i], positions[j]), max(positions[i], positions[j])) for i, j in similar]
    return sorted(pairs)


def _similar(sets: Sequence[frozenset[str]], threshold: float) -> list[tuple[int, int]]:
    frequency = Counter(gram for grams in sets for gram in grams)
    by_rarity = sorted(frequency, key=lambda gram: (frequency[gram], gram))
    rank = {gram: place for place, gram in enumerate(by_rarity)}
    # Shortest first: whatever stands before a text in this order is at most as long.
    order = sorted(range(len(sets)), key=lambda position: (len(sets[position]), position))
    ordered = [sorted(rank[gram] for gram in sets[position]) for position in order]
    lengths = np.array([len(ranks) for ranks in ordered])
    postings = _postings([ranks[: _index_prefix(len(ranks), threshold)] for ranks in ordered], len(rank))
    found: list[tuple[int, int]] = []
    for current, ranks in enumerate(ordered):
        length = len(ranks)
        least = ceil(threshold * length - _SLACK)
        first = int(np.searchsorted(lengths, threshold * length - _SLACK))
        slices = []
        for gram in ranks[: length - least + _SHARED_IN_PREFIX]:
            posting = postings[gram]
            slices.append(posting[np.searchsorted(posting, first) : np.searchsorted(posting, current)])
        counts = np.bincount(np.concatenate(slices) - first, minlength=1)
        for candidate in np.flatnonzero(counts >= min(_SHARED_IN_PREFIX, least)) + first:
            left, right = order[int(candidate)], order[current]
            if jaccard(sets[left], sets[right]) >= threshold - _SLACK:
                found.append((left, right))
    return found


def _index_prefix(length: int, threshold: float) -> int:
    """How many of the rarest members to index, for pairs whose other text is at least as long."""
    return length - ceil(2 * threshold / (1 + threshold) * length - _SLACK) + _SHARED_IN_PREFIX


def _postings(rows: Sequence[Sequence[int]], width: int) -> list[NDArray[np.int64]]:
    """For each of `width` members the increasing row numbers that hold it."""
    lists: list[list[int]] = [[] for _ in range(width)]
    for row, members in enumerate(rows):
        for member in members:
            lists[member].append(row)
    return [np.array(rows_with, dtype=np.int64) for rows_with in lists]


def near_duplicate_clusters(texts: Sequence[str], threshold: float = THRESHOLD) -> NDArray[np.int64]:
    """A cluster number per text, shape (len(texts),): texts linked by a chain of near-duplicates share it.

    Numbered from 0 in order of first appearance.
    """
    clusters = Clusters(len(texts))
    for left, right in near_duplicate_pairs(texts, threshold):
        clusters.join(left, right)
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(clusters.root(i), len(numbers)) for i in range(len(texts))], dtype=np.int64)


class Clusters:
    """Disjoint sets of the positions 0 .. count - 1."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, position: int) -> int:
        """The smallest position of the set that this one is in."""
        root = position
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[position] != root:
            self._parent[position], position = root, self._parent[position]
        return root

    def join(self, left: int, right: int) -> None:
        """Make the two sets one."""
        low, high = sorted((self.root(left), self.root(right)))
        self._parent[high] = low


def nearest_similarities(texts: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
    """The Jaccard similarity of each text to the most similar of `others`, shape (len(texts),), in [0, 1]."""
    return nearest(texts, others)[0]


def nearest(texts: Sequence[str], others: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The Jaccard similarity of each text to the most similar of `others`, in [0, 1], and the first position of that
    one, both of shape (len(texts),); similarity 0 and position -1 where nothing is shared."""
    similarities, places = np.zeros(len(texts)), np.full(len(texts), -1, dtype=np.int64)
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(gram, len(numbers)) for gram in trigrams(text)] for text in others]
    postings = _postings(rows, len(numbers))
    sizes = np.array([len(row) for row in rows])
    for place, text in enumerate(texts):
        grams = trigrams(text)
        known = [postings[numbers[gram]] for gram in grams if gram in numbers]
        if known:
            shared = np.bincount(np.concatenate(known), minlength=len(others))
            found = shared / (len(grams) + sizes - shared)
            places[place] = found.argmax()
            similarities[place] = found[places[place]]
    return similarities, places
