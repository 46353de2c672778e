from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from rung.retrieval import RememberingEncoder
from rung.task.protocols import Embeddings


class Counting(Protocol):
    identity: str
    calls: list[tuple[str, ...]]

    def encode(self, texts: Sequence[str]) -> Embeddings: ...


def test_a_collection_is_encoded_once(letters: Counting) -> None:
    encoder = RememberingEncoder(letters)
    first, second = encoder.encode(["one", "two"]), encoder.encode(["one", "two"])
    assert letters.calls == [("one", "two")]
    assert np.array_equal(first, second)


def test_collections_that_differ_in_order_or_borders_are_not_confused(letters: Counting) -> None:
    encoder = RememberingEncoder(letters)
    for texts in (["ab", "c"], ["a", "bc"], ["c", "ab"]):
        assert np.array_equal(encoder.encode(texts), letters.encode(texts))


def test_a_single_request_is_always_computed(letters: Counting) -> None:
    encoder = RememberingEncoder(letters)
    encoder.encode(["one"])
    encoder.encode(["one"])
    assert letters.calls == [("one",), ("one",)]


def test_a_remembered_array_cannot_be_changed_by_who_received_it(letters: Counting) -> None:
    encoder = RememberingEncoder(letters)
    assert not encoder.encode(["one", "two"]).flags.writeable
    assert encoder.identity == letters.identity
