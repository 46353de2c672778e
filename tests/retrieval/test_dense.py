from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.retrieval import DenseIndex
from rung.task.protocols import Embeddings


def unit_rows(count: int, seed: int) -> Embeddings:
    rows = np.random.default_rng(seed).normal(size=(count, 8))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@given(st.integers(1, 40), st.integers(0, 45), st.integers(0, 1000))
def test_the_search_is_exact(entries: int, k: int, seed: int) -> None:
    corpus, queries = unit_rows(entries, seed), unit_rows(3, seed + 1)
    positions, cosines = DenseIndex(corpus).search(queries, k)
    assert positions.shape == cosines.shape == (3, min(k, entries))
    for row in range(3):
        everything = sorted((float(np.dot(entry, queries[row])) for entry in corpus), reverse=True)
        np.testing.assert_allclose(cosines[row], everything[:k], atol=1e-6)
        np.testing.assert_allclose(corpus[positions[row]] @ queries[row], cosines[row], atol=1e-6)


def test_equal_entries_keep_their_order() -> None:
    corpus = np.repeat(unit_rows(1, 0), 5, axis=0)
    positions, _ = DenseIndex(corpus).search(corpus[:1], 5)
    assert positions.tolist() == [[0, 1, 2, 3, 4]]


def test_a_query_scores_the_same_bit_for_bit_with_and_without_companions() -> None:
    corpus, queries = unit_rows(300, 1), unit_rows(17, 2)
    together = DenseIndex(corpus).search(queries, 20)
    for row in range(len(queries)):
        alone = DenseIndex(corpus).search(queries[row : row + 1], 20)
        assert np.array_equal(alone[0][0], together[0][row])
        assert np.array_equal(alone[1][0], together[1][row])


def test_embeddings_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="n_entries, dimensions"):
        DenseIndex(np.zeros(3, dtype=np.float32))
