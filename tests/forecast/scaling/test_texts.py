"""Texts as bytes: divided by whole entries, copies out, hostile ones read as they are."""

from __future__ import annotations

import numpy as np
import pytest

from rung.forecast.scaling import prepare_texts, too_small
from rung.forecast.scaling.plan import CONTEXT


def entries(count: int) -> list[str]:
    rng = np.random.default_rng(0)
    words = ["parcel", "invoice", "login", "refund", "courier", "late", "twice", "wrong"]
    return [f"{number} " + " ".join(rng.choice(words, 12)) for number in range(count)]


def test_every_entry_stands_whole_on_one_side() -> None:
    given = entries(400)
    found = prepare_texts(given, seed=0)
    train, held_out = (part.tobytes().decode().splitlines() for part in (found.train, found.held_out))
    assert sorted([*train, *held_out]) == sorted(given)
    assert not set(train) & set(held_out)
    assert len(held_out) / len(given) == pytest.approx(0.1, abs=0.02)


def test_near_copies_never_stand_on_both_sides() -> None:
    given = [f"{entry}, {side}" for entry in entries(200) for side in ("left", "lefts")]
    found = prepare_texts(given, seed=0)
    train, held_out = (
        {line.rpartition(",")[0] for line in part.tobytes().decode().splitlines()}
        for part in (found.train, found.held_out)
    )
    assert held_out
    assert not train & held_out
    assert found.facts.families < len(given)


def test_entries_that_are_all_one_family_leave_nothing_to_measure_on_and_are_refused() -> None:
    given = [f"Injury of the vessel number {n} of the upper arm, left side, initial encounter" for n in range(2_000)]
    refusal = too_small(prepare_texts(given, seed=0).facts)
    assert refusal is not None
    assert refusal.reason == "text too alike"


def test_copies_are_kept_once_and_counted() -> None:
    found = prepare_texts(["One  line", "one line", "ONE LINE ", "another"], seed=0)
    assert found.facts.copies == 2
    assert found.facts.entries == 2


def test_a_corpus_of_one_repeated_line_is_too_small_and_says_why() -> None:
    found = prepare_texts(["the same line again"] * 50_000, seed=0)
    refusal = too_small(found.facts)
    assert refusal is not None
    assert "49,999 of its entries are copies" in refusal.because


@pytest.mark.parametrize("given", [[], [""], ["   \n"], ["x"]])
def test_an_empty_corpus_is_too_small(given: list[str]) -> None:
    found = prepare_texts(given, seed=0)
    assert too_small(found.facts) is not None
    assert found.windows.shape[0] == 0
    assert found.block_texts == ()
    assert found.ignorant_nats > 0


def test_binary_garbage_is_bytes_like_any_other() -> None:
    rng = np.random.default_rng(1)
    garbage = ["".join(map(chr, rng.integers(0, 0x2FFF, 200))) + "\ud800" for _ in range(300)]
    found = prepare_texts(garbage, seed=0)
    assert found.train.dtype == np.uint8
    assert found.facts.distinct + found.facts.held_out > 60_000
    # Nothing but frequencies can be learned from noise, and they are at most log 256.
    assert 0 < found.ignorant_nats < np.log(256) + 0.1


def test_windows_are_whole_and_their_blocks_of_one_length() -> None:
    found = prepare_texts(entries(5_000), seed=0)
    assert found.windows.shape[1] == CONTEXT + 1
    assert found.windows.shape[0] % found.blocks == 0
    assert len(found.block_texts) == found.blocks
    assert "".join(found.block_texts).encode() == found.windows.tobytes()


def test_the_hash_follows_the_text() -> None:
    one = prepare_texts(entries(100), seed=0).facts.content_hash
    assert one == prepare_texts(entries(100), seed=0).facts.content_hash
    assert one != prepare_texts([*entries(100), "one more"], seed=0).facts.content_hash
