"""The character trigrams of many texts as whole numbers, and how alike two texts are by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

PAIRS_AT_ONCE = 16_384
_CHARACTERS_AT_ONCE = 131_072  # their hashes, 512 kB, stay in the processor's cache
_CODE_POINTS = 0x110000

IndexArray = NDArray[np.int64]


def similarities(texts: Sequence[str], pairs: IndexArray) -> NDArray[np.float64]:
    """The exact Jaccard similarity of each pair of normalised texts, shape (n_pairs,); 0 where one of two is empty."""
    result = np.zeros(len(pairs))
    read = np.array([bool(texts[i]) and bool(texts[j]) for i, j in pairs], dtype=np.bool_)
    result[read] = Trigrams(texts).similarities(pairs[read])
    return result


class Trigrams:
    """The character trigrams of normalised texts, with one space on each side, as whole numbers.

    A character is numbered by its place among those that occur, so that a trigram needs few bits and the numbers of
    two trigrams are equal only when they are.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        seen = np.zeros(_CODE_POINTS, dtype=np.bool_)
        seen[ord(" ")] = True
        for start, stop in self.chunks():
            seen[_points(texts[start:stop])] = True
        self._numbers = np.cumsum(seen, dtype=np.uint32) - 1
        self._bits = max(1, int(self._numbers[-1]).bit_length())

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Runs of texts, each of about `_CHARACTERS_AT_ONCE` characters or a single longer text."""
        start, characters = 0, 0
        for position, text in enumerate(self.texts):
            characters += len(text)
            if characters >= _CHARACTERS_AT_ONCE:
                yield start, position + 1
                start, characters = position + 1, 0
        if start < len(self.texts):
            yield start, len(self.texts)

    def of(self, texts: Sequence[str]) -> tuple[NDArray[np.uint64], IndexArray]:
        """The trigrams of texts that are not empty, repetitions included, one text's after the other's, and where each
        text's begin."""
        numbers = self._numbers[_points(texts)].astype(np.uint64)
        bits = np.uint64(self._bits)
        codes = (numbers[:-2] << (bits + bits)) | (numbers[1:-1] << bits) | numbers[2:]
        # Each text has two characters more, the spaces, and so as many trigrams as characters.
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        ends = np.cumsum(lengths + 2)
        own = np.ones(codes.size + 2, dtype=np.bool_)
        own[ends - 1] = own[ends - 2] = False
        return codes[own[:-2]], np.cumsum(lengths) - lengths

    def similarities(self, pairs: IndexArray) -> NDArray[np.float64]:
        """The Jaccard similarity of each pair of texts, none of them empty, shape (n_pairs,)."""
        at_once = min(PAIRS_AT_ONCE, 1 << (64 - 3 * self._bits))
        characters = np.cumsum([len(self.texts[i]) + len(self.texts[j]) for i, j in pairs])
        result = np.zeros(len(pairs))
        start = 0
        while start < len(pairs):
            before = characters[start - 1] if start else 0
            stop = int(np.searchsorted(characters, before + 16 * _CHARACTERS_AT_ONCE))
            stop = min(max(stop, start + 1), start + at_once)
            result[start:stop] = self._similarities(pairs[start:stop])
            start = stop
        return result

    def _similarities(self, pairs: IndexArray) -> NDArray[np.float64]:
        sides = [self._numbered_sets([self.texts[position] for position in side]) for side in pairs.T]
        sizes = [self._counts(keys, len(pairs)) for keys in sides]
        both = np.sort(np.concatenate(sides))
        shared = self._counts(both[1:][both[1:] == both[:-1]], len(pairs))
        return np.asarray(shared / (sizes[0] + sizes[1] - shared), dtype=np.float64)

    def _numbered_sets(self, texts: Sequence[str]) -> NDArray[np.uint64]:
        """Each text's number and trigram as one key, each once."""
        codes, starts = self.of(texts)
        lengths = np.diff(np.append(starts, codes.size))
        rows = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
        keys = np.sort((rows << np.uint64(3 * self._bits)) | codes)
        distinct: NDArray[np.uint64] = keys[np.append(True, keys[1:] != keys[:-1])]
        return distinct

    def _counts(self, keys: NDArray[np.uint64], count: int) -> IndexArray:
        rows = keys >> np.uint64(3 * self._bits)
        return np.bincount(rows.astype(np.int64), minlength=count).astype(np.int64)


def _points(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The code points of the texts, each with a space before and after."""
    joined = " " + "  ".join(texts) + " "
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
