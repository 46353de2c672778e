"""Texts as points, without a model: weighted words and character n-grams, reduced to a few dimensions.

TF-IDF with sublinear counts (Salton and Buckley 1988), then latent semantic analysis: a truncated singular value
decomposition (Deerwester et al. 1990), found by random projection with power iterations (Halko, Martinsson and Tropp
2011, algorithm 4.4), which is exact to what matters here and the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.plain_words import plain, plain_words

Vectors = NDArray[np.float32]
_Counted = tuple[NDArray[np.int64], NDArray[np.int64], int]
"""Of every occurrence its text and its term, both as numbers; and how many terms there are."""

DIMENSIONS = 50
_WIDTHS = (3, 4)
_CHARACTERS = 400
"""Of each text, for character n-grams: they tell spellings apart, and their number grows with the text."""
_BUCKETS = 1 << 18
_EXTRA = 20
_ROUNDS = 2
_N_GRAMS_WEIGH = 0.5
"""Against words: n-grams bring spellings together, and alone they would bring sentence openings together."""


def text_vectors(texts: Sequence[str], *, seed: int, dimensions: int = DIMENSIONS) -> Vectors:
    """Shape (n_texts, at most `dimensions`), rows of unit length; a text without any shared word or n-gram is zero."""
    from scipy.sparse import hstack

    words, n_grams = (_tfidf(counted, len(texts)) for counted in (_words(texts), _n_grams(texts)))
    blocks = [block for block in (words, _N_GRAMS_WEIGH * n_grams) if block.shape[1]]
    if not blocks:
        return np.zeros((len(texts), 1), dtype=np.float32)
    return unit_rows(_reduced(hstack(blocks, format="csr"), dimensions, seed))


def unit_rows(vectors: NDArray[Any]) -> Vectors:
    """The rows divided by their length; rows of zeros stay."""
    clean = np.nan_to_num(np.asarray(vectors, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    lengths = np.linalg.norm(clean, axis=1, keepdims=True)
    return np.asarray(np.divide(clean, lengths, out=np.zeros_like(clean), where=lengths > 1e-12), dtype=np.float32)


def _words(texts: Sequence[str]) -> _Counted:
    number: dict[str, int] = {}
    columns: list[int] = []
    lengths: list[int] = []
    for text in texts:
        found = [number.setdefault(word, len(number)) for word in plain_words(text)]
        columns.extend(found)
        lengths.append(len(found))
    return np.repeat(np.arange(len(texts)), lengths), np.array(columns, dtype=np.int64), max(1, len(number))


def _n_grams(texts: Sequence[str]) -> _Counted:
    """Each text's n-grams by hash: all texts stand behind each other, and windows over a border are left out."""
    spaced = [" " + " ".join(plain(text)[:_CHARACTERS].split()) + " " for text in texts]
    lengths = np.array([len(text) for text in spaced])
    joined = "".join(spaced).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), lengths)
    rows, columns = [], []
    for width in _WIDTHS:
        if codes.size < width:
            continue
        hashed = np.full(codes.size - width + 1, width, dtype=np.uint64)
        for shift in range(width):
            hashed = (hashed ^ codes[shift : codes.size - width + 1 + shift]) * np.uint64(0x9E3779B97F4A7C15)
            hashed ^= hashed >> np.uint64(29)
        whole = owner[: hashed.size] == owner[width - 1 :]
        rows.append(owner[: hashed.size][whole])
        columns.append((hashed[whole] % np.uint64(_BUCKETS)).astype(np.int64))
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 1
    return np.concatenate(rows), np.concatenate(columns), _BUCKETS


def _tfidf(counted: _Counted, count: int) -> Any:
    """Sparse, shape (count, columns that at least two texts have), rows of unit length. The rarity of a term counts
    squared, which is what keeps the small words of every sentence from deciding which are alike."""
    from scipy.sparse import csr_matrix, diags_array

    rows, columns, width = counted
    matrix = csr_matrix((np.ones(rows.size, dtype=np.float32), (rows, columns)), shape=(count, width))
    matrix.sum_duplicates()
    texts_with = np.bincount(matrix.indices, minlength=width)
    kept = np.flatnonzero(texts_with >= 2)
    matrix = matrix[:, kept]
    matrix.data = 1.0 + np.log(matrix.data)
    rarity = np.log((1.0 + count) / (1.0 + texts_with[kept])) ** 2
    matrix = matrix @ diags_array(rarity.astype(np.float32))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return (diags_array(scale.astype(np.float32)) @ matrix).tocsr()


def _reduced(matrix: Any, dimensions: int, seed: int) -> NDArray[np.float64]:
    """The rows' coordinates along the largest singular directions, shape (n_rows, at most `dimensions`)."""
    rank = min(dimensions, *matrix.shape)
    width = min(rank + _EXTRA, *matrix.shape)
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(matrix @ rng.standard_normal((matrix.shape[1], width)).astype(np.float32))[0]
    for _ in range(_ROUNDS):
        basis = np.linalg.qr(matrix @ np.linalg.qr(matrix.T @ basis)[0])[0]
    left, singular, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return np.asarray((basis @ left[:, :rank]) * singular[:rank], dtype=np.float64)
