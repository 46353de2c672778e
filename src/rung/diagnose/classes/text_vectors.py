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

from rung.diagnose.classes.plain_words import plain, plain_words

Vectors = NDArray[np.float32]
_Counted = tuple[NDArray[np.int64], NDArray[np.int64], int]
"""Of every occurrence its text and its term, both as numbers; and how many terms there are."""

DIMENSIONS = 50
FEWEST = 5
"""Texts that must have a term for it to count: fewer are no cluster, and such terms would outweigh all others."""
_WIDTHS = (3, 4)
_CHARACTERS = 400
"""Of each text, for character n-grams: they tell spellings apart, and their number grows with the text."""
_BUCKETS = 1 << 18
_SHARED = 0.25
_EXTRA = 20
_ROUNDS = 2
_N_GRAMS_WEIGH = 0.5
"""Against words: n-grams bring spellings together, and alone they would bring sentence openings together."""


def text_vectors(
    texts: Sequence[str], others: Sequence[str], *, least: int, seed: int, dimensions: int = DIMENSIONS
) -> Vectors:
    """Shape (n_texts, at most `dimensions`), rows of unit length; zeros for a text of which fewer than a quarter of the
    words stand in another of the `texts`: it is like none.

    How rare a term is, is counted over `others` too: what all requests say is then no likeness of these. A term that
    fewer than `least` texts have counts no more than one that as many have: it makes no cluster by itself.
    """
    from scipy.sparse import hstack

    everything = (*texts, *others)
    words, shared = _tfidf(_words(everything), len(texts), len(everything), least)
    n_grams, _ = _tfidf(_n_grams(everything), len(texts), len(everything), least)
    blocks = [block for block in (words, _N_GRAMS_WEIGH * n_grams) if block.shape[1]]
    if not blocks:
        return np.zeros((len(texts), 1), dtype=np.float32)
    reduced = _reduced(hstack(blocks, format="csr"), dimensions, seed)
    return unit_rows(np.where(shared[:, None] >= _SHARED, reduced, 0.0))


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


def _tfidf(counted: _Counted, texts: int, everything: int, least: int) -> tuple[Any, NDArray[np.float64]]:
    """Sparse, shape (texts, terms that at least `FEWEST` of them have), rows of unit length; and the share of each
    text's terms that another has. The rarity of a term counts squared, which is what keeps the small words of every
    sentence from deciding which are alike."""
    from scipy.sparse import csr_matrix, diags_array

    rows, columns, width = counted
    whole = csr_matrix((np.ones(rows.size, dtype=np.float32), (rows, columns)), shape=(everything, width))
    whole.sum_duplicates()
    with_term = np.bincount(whole.indices, minlength=width)
    matrix = whole[:texts]
    terms = np.diff(matrix.indptr)
    of_texts = np.bincount(matrix.indices, minlength=width)
    shared = np.diff(matrix[:, np.flatnonzero(of_texts >= 2)].indptr) / np.maximum(terms, 1)
    kept = np.flatnonzero(of_texts >= FEWEST)
    matrix = matrix[:, kept]
    matrix.data = 1.0 + np.log(matrix.data)
    rarity = np.log((1.0 + everything) / (1.0 + np.maximum(with_term[kept], least))) ** 2
    matrix = matrix @ diags_array(rarity.astype(np.float32))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return (diags_array(scale.astype(np.float32)) @ matrix).tocsr(), shared


def _reduced(matrix: Any, dimensions: int, seed: int) -> NDArray[np.float64]:
    """The rows' coordinates along the largest singular directions, shape (n_rows, at most `dimensions`)."""
    rank = min(dimensions, *matrix.shape)
    width = min(rank + _EXTRA, *matrix.shape)
    rng = np.random.default_rng(seed)
    basis = _orthonormal(matrix @ rng.standard_normal((matrix.shape[1], width)).astype(np.float32))
    for _ in range(_ROUNDS):
        basis = _orthonormal(matrix @ _orthonormal(matrix.T @ basis))
    across = np.asarray(matrix.T @ basis, dtype=np.float64)
    squares, left = np.linalg.eigh(across.T @ across)
    coordinates = (basis @ left) * np.sqrt(np.maximum(squares, 0.0))
    return np.asarray(coordinates[:, ::-1][:, :rank], dtype=np.float64)


def _orthonormal(columns: NDArray[Any]) -> NDArray[np.float64]:
    """An orthonormal basis of what the columns span. By the columns' products, which is many times faster than a QR
    decomposition of so tall a matrix and exact enough for a basis that is turned again."""
    tall = np.asarray(columns, dtype=np.float64)
    squares, turned = np.linalg.eigh(tall.T @ tall)
    kept = squares > 1e-12 * max(float(squares[-1]), 1e-300)
    return np.asarray(tall @ (turned[:, kept] / np.sqrt(squares[kept])))
