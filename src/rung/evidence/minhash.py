"""Near-duplicates among up to millions of short texts: MinHash signatures, banded.

A signature holds, for each of `HASHES` hash functions, the least hash among a text's character trigrams; two texts
agree in one place with probability equal to the Jaccard similarity s of their trigram sets (Broder, "On the
resemblance and containment of documents", 1997). The places are cut into b bands of r. Two texts that agree in a
whole band are candidates, which happens with probability 1 - (1 - s^r)^b (Indyk and Motwani, "Approximate nearest
neighbors", STOC 1998; Leskovec, Rajaraman and Ullman, "Mining of massive datasets", chapter 3). At a threshold of .8
the bands are 32 of 8: a pair of similarity .8 is found with probability .997, one of .9 with probability above
.999999, and a pair of similarity .2, the likeness of two arbitrary sentences, meets once in 12,000.

Whatever is reported was compared exactly, trigram set against trigram set: pairs can be missed, at the rate above,
and never be wrong. Masses of texts that are all alike are not compared pair by pair: those of a bucket of more than
`ALL_PAIRS` are compared with its representatives (`_Join._by_representatives`), and texts of one cluster that have
`ENOUGH_LINKS` links each are left alone. A text with fewer near-duplicates than that has each of them found at the rate
above; for others the links form the cluster and do not name each pair in it.

Memory is about 600 bytes a text beside the texts; the work on signatures grows with their characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

from rung.evidence.trigrams import PAIRS_AT_ONCE, IndexArray, Trigrams

HASHES = 256
LEAST_CHANCE = 0.995
"""A pair just at the threshold becomes a candidate with at least this probability."""
ALL_PAIRS = 32
"""The largest bucket in which every pair is compared."""
REPRESENTATIVES = 8
"""How many texts of a larger bucket the others are compared with at most."""
ENOUGH_LINKS = 8
"""Texts of one cluster that have so many links each are not compared any more."""
_NEIGHBOURS = 4
_DEVIATIONS = 4.0
"""How far below its mean a pair's count of equal places may lie before the pair is dropped unread: fewer than one in
10,000 of the pairs at the threshold lie lower."""
_SLACK = 1e-9


def banding(threshold: float) -> tuple[int, int]:
    """Rows a band and bands: the longest bands that still find a pair at the threshold with `LEAST_CHANCE`."""
    rows = 1
    while chance_found(threshold, rows + 1, HASHES // (rows + 1)) >= LEAST_CHANCE and rows < HASHES:
        rows += 1
    return rows, HASHES // rows


def chance_found(similarity: float, rows: int, bands: int) -> float:
    """1 - (1 - s^rows)^bands: the probability that a pair of similarity s in [0, 1] agrees in at least one band."""
    return float(1 - (1 - similarity**rows) ** bands)


def similar_pairs(
    texts: Sequence[str], threshold: float, *, seed: int = 0, held_out: NDArray[np.bool_] | None = None
) -> IndexArray:
    """Pairs (i, j), i < j, whose trigram sets have a Jaccard similarity of at least `threshold`, shape (n_pairs, 2).

    `texts` are normalised and all different; `threshold` is in (0, 1]. Sorted, each pair once. With `held_out`, shape
    (len(texts),), only pairs of a text that is held out and one that is not, and about `ENOUGH_LINKS`
    for each held-out text.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must be in (0, 1], got {threshold}")
    # The empty text's only trigram is short and no other text can have it.
    kept = np.array([position for position, text in enumerate(texts) if text], dtype=np.int64)
    if kept.size < 2:
        return np.empty((0, 2), dtype=np.int64)
    join = _Join([texts[position] for position in kept], threshold, seed)
    pairs = join.pairs(None if held_out is None else held_out[kept])
    return kept[pairs]


class _Join:
    """Signatures of the texts, and the pairs that each band finds."""

    def __init__(self, texts: Sequence[str], threshold: float, seed: int) -> None:
        self._grams = Trigrams(texts)
        self._threshold = threshold
        self._rows, self.bands = banding(threshold)
        # A byte of each hash is kept to compare by: unlike trigrams agree in it once in 256 times, which is harmless.
        places = self._rows * self.bands
        spread = _DEVIATIONS * sqrt(places * threshold * (1 - threshold))
        self._least_equal = floor(places * threshold - spread)
        self._keys = np.empty((self.bands, len(texts)), dtype=np.uint64)
        self._bytes = np.empty((len(texts), places), dtype=np.uint8)
        self._rng = np.random.default_rng(seed)
        self._sign(self._rng)

    def _sign(self, rng: np.random.Generator) -> None:
        places = self._rows * self.bands
        factors = rng.integers(0, 2**31, size=places, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
        masks = rng.integers(0, 2**32, size=places, dtype=np.uint32)
        mixers = rng.integers(0, 2**63, size=self._rows, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        for start, stop in self._grams.chunks():
            codes, starts = self._grams.of(self._grams.texts[start:stop])
            hashes = _mixed(codes)
            least = np.empty((places, stop - start), dtype=np.uint32)
            turned = np.empty_like(hashes)
            for place in range(places):
                np.bitwise_xor(hashes, masks[place], out=turned)
                np.multiply(turned, factors[place], out=turned)
                np.minimum.reduceat(turned, starts, out=least[place])
            self._bytes[start:stop] = (least >> np.uint32(8)).astype(np.uint8).T
            bands = least.reshape(self.bands, self._rows, stop - start).astype(np.uint64)
            self._keys[:, start:stop] = (bands * mixers[:, None]).sum(axis=1, dtype=np.uint64)

    def pairs(self, held_out: NDArray[np.bool_] | None) -> IndexArray:
        """What all bands find, sorted, the smaller position first."""
        found = _Found(len(self._grams.texts), held_out)
        for keys in self._keys:
            order, bucket = _buckets(keys, self._rng.permutation(keys.size))
            small = np.bincount(bucket, minlength=1)[bucket] <= ALL_PAIRS
            near = [
                self._near(*found.open(left, right))
                for left, right in _within(order[small], bucket[small], ALL_PAIRS - 1)
            ]
            found.add(*self._similar(*found.new(near)))
            order, bucket = order[~small], bucket[~small]
            large = (
                self._by_representatives(order, bucket, found) if held_out is None else _across(order, bucket, held_out)
            )
            for left, right in large:
                found.add(*self._similar(*found.new([self._near(*found.open(left, right))])))
        return found.pairs()

    def _by_representatives(
        self, order: IndexArray, bucket: IndexArray, found: _Found
    ) -> Iterator[tuple[IndexArray, IndexArray]]:
        """Pairs to compare in large buckets: in each, the first text with all others.

        Those that prove similar leave the bucket; the first of the rest is compared with the rest, and so on,
        `REPRESENTATIVES` times; what is left then is compared with its neighbours.
        """
        for _ in range(REPRESENTATIVES):
            if not order.size:
                return
            first = np.append(True, bucket[1:] != bucket[:-1])
            leaders = order[first][np.cumsum(first) - 1]
            order, bucket, leaders = order[~first], bucket[~first], leaders[~first]
            before = found.clusters()
            apart = before[order] != before[leaders]
            yield leaders[apart], order[apart]
            after = found.clusters()
            apart = after[order] != after[leaders]
            order, bucket = order[apart], bucket[apart]
        yield from _within(order, bucket, _NEIGHBOURS)

    def _near(self, left: IndexArray, right: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The pairs that their signatures let be similar."""
        near = np.zeros(left.size, dtype=np.bool_)
        for start in range(0, left.size, PAIRS_AT_ONCE):
            part = slice(start, start + PAIRS_AT_ONCE)
            equal = np.count_nonzero(self._bytes[left[part]] == self._bytes[right[part]], axis=1)
            near[part] = equal >= self._least_equal
        return left[near], right[near]

    def _similar(self, left: IndexArray, right: IndexArray) -> tuple[IndexArray, IndexArray]:
        """The pairs that are as similar as the threshold, by their trigrams."""
        reached = self._grams.similarities(np.column_stack([left, right])) >= self._threshold - _SLACK
        return left[reached], right[reached]


class _Found:
    """Similar pairs among `count` texts, each once, and what need not be compared any more because of them."""

    def __init__(self, count: int, held_out: NDArray[np.bool_] | None) -> None:
        self._count = count
        self._held_out = held_out
        self._keys = np.empty(0, dtype=np.uint64)
        self._links = np.zeros(count, dtype=np.int64)
        self._clusters: IndexArray | None = None

    def open(self, left: IndexArray, right: IndexArray) -> tuple[IndexArray, IndexArray]:
        """Without pairs of one cluster that both have `ENOUGH_LINKS`; with `held_out`, only pairs across, whose
        held-out text has fewer."""
        enough = self._links >= ENOUGH_LINKS
        if self._held_out is not None:
            out = self._held_out
            wanted = out[left] != out[right]
            wanted &= ~enough[np.where(out[left], left, right)]
        elif enough.any():
            clusters = self.clusters()
            wanted = ~(enough[left] & enough[right] & (clusters[left] == clusters[right]))
        else:
            return left, right
        return left[wanted], right[wanted]

    def new(self, portions: Sequence[tuple[IndexArray, IndexArray]]) -> tuple[IndexArray, IndexArray]:
        """The pairs of all portions that are not known, each once, the smaller position first."""
        keys = np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *(_keys(*pairs) for pairs in portions)]))
        return _positions(keys[~np.isin(keys, self._keys, assume_unique=True)])

    def add(self, left: IndexArray, right: IndexArray) -> None:
        """Takes pairs that are new."""
        if left.size:
            self._keys = np.sort(np.concatenate([self._keys, _keys(left, right)]))
            self._links += np.bincount(left, minlength=self._count) + np.bincount(right, minlength=self._count)
            self._clusters = None

    def clusters(self) -> IndexArray:
        """A number for each text: those linked by a chain of pairs have the same."""
        if self._clusters is None:
            from scipy.sparse import coo_array
            from scipy.sparse.csgraph import connected_components

            left, right = _positions(self._keys)
            graph = coo_array((np.ones(left.size, dtype=np.bool_), (left, right)), shape=(self._count, self._count))
            self._clusters = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
        return self._clusters

    def pairs(self) -> IndexArray:
        """All of them, sorted, shape (n_pairs, 2)."""
        return np.column_stack(_positions(self._keys))


def _keys(left: IndexArray, right: IndexArray) -> NDArray[np.uint64]:
    """One whole number for each pair, in either order; numbers are ordered as the pairs are."""
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    return (low << np.uint64(32)) | high


def _positions(keys: NDArray[np.uint64]) -> tuple[IndexArray, IndexArray]:
    return (keys >> np.uint64(32)).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _buckets(keys: NDArray[np.uint64], shuffled: IndexArray) -> tuple[IndexArray, IndexArray]:
    """The positions whose key another one has, those of one key in a row and otherwise as `shuffled` has them, and a
    number for the key of each."""
    order = shuffled[np.argsort(keys[shuffled], kind="stable")]
    ordered = keys[order]
    bucket = np.cumsum(np.append(True, ordered[1:] != ordered[:-1])) - 1
    shared = np.bincount(bucket)[bucket] > 1
    return order[shared], bucket[shared]


def _within(order: IndexArray, bucket: IndexArray, reach: int) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Pairs of one bucket that stand at most `reach` places apart."""
    for apart in range(1, min(reach, order.size - 1) + 1):
        together = bucket[apart:] == bucket[:-apart]
        if not together.any():
            return
        yield order[:-apart][together], order[apart:][together]


def _across(
    order: IndexArray, bucket: IndexArray, held_out: NDArray[np.bool_]
) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Each held-out text of a bucket with each of the first `REPRESENTATIVES` others of the bucket."""
    out = held_out[order]
    asked, asked_in = order[out], bucket[out]
    others, others_in = order[~out], bucket[~out]
    start = np.searchsorted(others_in, asked_in, side="left")
    stop = np.searchsorted(others_in, asked_in, side="right")
    for place in range(REPRESENTATIVES):
        there = start + place < stop
        if not there.any():
            return
        yield asked[there], others[start[there] + place]


def _mixed(codes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The upper half of the finishing step of SplitMix64 (Steele, Lea and Flood 2014): codes spread over 32 bits."""
    mixed = codes + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)
