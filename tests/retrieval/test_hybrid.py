from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pytest

from rung.retrieval import HybridIndex
from rung.task.protocols import Embeddings


class Counting(Protocol):
    identity: str
    calls: list[tuple[str, ...]]

    def encode(self, texts: Sequence[str]) -> Embeddings: ...


TEXTS = ["enlist", "order QX-17 arrived", "order QX-18 arrived", "zzzz"]


def test_a_text_that_only_meaning_finds_is_found(letters: Counting) -> None:
    """ "silent" shares no term with "enlist" but all its letters, which is this encoder's idea of meaning."""
    assert HybridIndex(TEXTS, letters).search(["silent"], 1) == [[0]]


def test_an_exact_string_that_meaning_blurs_is_found_by_its_terms(letters: Counting) -> None:
    """To the encoder "q x" is the very query; the passage that holds the code comes second, but is named twice."""
    texts = ["q x", "zzzz", "parcel QX-18 arrived at the depot", "enlist"]
    assert HybridIndex(texts, letters).search(["QX-18"], 2) == [[2, 0]]


def test_texts_that_share_no_term_get_no_lexical_rank(letters: Counting) -> None:
    """Were they ranked by position, "zzzz" at the end would fall behind texts that are further from the query."""
    assert HybridIndex(["aab", "abb", "zzzz"], letters).search(["zz"], 1) == [[2]]


def test_every_query_is_encoded_by_a_call_of_its_own(letters: Counting) -> None:
    HybridIndex(TEXTS, letters).search(["silent", "order"], 2)
    assert letters.calls == [tuple(TEXTS), ("silent",), ("order",)]


@pytest.mark.parametrize("query", ["", "?", "🙂"])
def test_a_query_without_terms_is_answered_by_meaning_alone(letters: Counting, query: str) -> None:
    (found,) = HybridIndex([*TEXTS, "!!"], letters).search([query], 1)
    assert found == [4]


def test_no_more_texts_come_back_than_there_are(letters: Counting) -> None:
    assert sorted(HybridIndex(TEXTS, letters).search(["order"], 99)[0]) == [0, 1, 2, 3]


def test_an_empty_collection_finds_nothing(letters: Counting) -> None:
    assert HybridIndex([], letters).search(["order", "silent"], 3) == [[], []]
