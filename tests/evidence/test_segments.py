from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.evidence.changes.perturb import exposed, misspelt
from rung.evidence.segments import adversarial_variants, mark_edges
from rung.task.example import Example
from rung.task.task import Segment


def example(number: int, *, text: str = "", label: str = "x", segment: Segment | None = None) -> Example:
    return Example(f"{number:03}", text or f"a question of moderate length {number:03}", label, f"g{number}", segment)


def test_the_longest_tenth_is_edge() -> None:
    examples = [example(n, text="x" * (n + 1)) for n in range(20)]
    marked = mark_edges(examples)
    assert [one.id for one in marked.examples if one.segment == "edge"] == ["018", "019"]
    assert {one.segment for one in marked.examples} == {"edge", "routine"}
    assert marked.notes == ("No item was marked edge, so 2 were derived: 2 long (inputs of more than 18 characters).",)


def test_labels_rarer_than_the_tenth_are_edge_and_ties_are_not() -> None:
    counts = {"rare": 2} | {f"common{n}": 5 for n in range(19)}
    labels = [label for label, count in counts.items() for _ in range(count)]
    marked = mark_edges([example(n, text="same length", label=label) for n, label in enumerate(labels)])
    assert {one.expected for one in marked.examples if one.segment == "edge"} == {"rare"}


def test_declared_segments_stay_and_only_missing_ones_are_derived() -> None:
    declared = [example(0, segment="edge"), example(1, text="y" * 99), example(2, segment="adversarial")]
    assert [one.segment for one in mark_edges(declared).examples] == ["edge", "routine", "adversarial"]
    assert mark_edges(declared).notes == ()
    routine = [example(n, text="z" * (n + 1), segment="routine") for n in range(20)]
    assert {one.segment for one in mark_edges(routine).examples} == {"routine"}


def test_a_variant_inherits_all_but_its_text() -> None:
    original = Example("a", "The printer reports an error!", "tech", "g", "edge", "web", metadata={"k": "v"})
    fillers = [Example(f"f{n}", f"Another question number {n}", "tech", f"h{n}") for n in range(3)]
    variants = [
        variant
        for seed in range(8)
        for variant in adversarial_variants([original, *fillers], seed=seed, taken_ids=())
        if variant.derived_from == "a"
    ]
    assert variants
    for variant in variants:
        assert variant.id == f"a~{variant.derivation}"
        assert variant.segment == "adversarial"
        assert (variant.expected, variant.group, variant.flow, variant.metadata) == ("tech", "g", "web", {"k": "v"})
        assert variant.input != original.input


def test_a_quarter_has_variants_whatever_the_order_and_the_seed_decides_which() -> None:
    examples = [example(n) for n in range(40)]
    shuffled = random.Random(1).sample(examples, k=40)
    first = adversarial_variants(examples, seed=0, taken_ids=())
    assert len(first) == 10
    assert adversarial_variants(shuffled, seed=0, taken_ids=()) == first
    assert adversarial_variants(examples, seed=1, taken_ids=()) != first


def test_a_variant_never_takes_the_id_of_an_item() -> None:
    examples = [example(n) for n in range(8)]
    taken = {f"{one.id}~{kind}" for one in examples for kind in ("typo", "plain")}
    assert not {one.id for one in adversarial_variants(examples, seed=0, taken_ids=taken)} & taken


def test_what_cannot_be_changed_has_no_variant() -> None:
    assert adversarial_variants([Example(str(n), "ab c", "x", "g") for n in range(8)], seed=0, taken_ids=()) == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=9), st.integers(0, 99))
def test_a_slip_stays_inside_long_words_and_spares_their_first_letter(words: list[str], seed: int) -> None:
    changed = misspelt(" ".join(words), np.random.default_rng(seed)).split(" ")
    assert len(changed) == len(words)
    slips = sum(old != new for old, new in zip(words, changed, strict=True))
    long_words = sum(len(word) >= 5 for word in words)
    assert slips <= max(1, long_words // 4)
    for old, new in zip(words, changed, strict=True):
        assert old[0] == new[0]
        assert len(old) - 1 <= len(new) <= len(old)
        assert len(old) >= 5 or old == new


@pytest.mark.parametrize(("text", "plain"), [("ST-Elevation (STEMI)!", "st elevation stemi"), ("a_b  C", "a b c")])
def test_exposed_text_has_no_case_and_no_punctuation(text: str, plain: str) -> None:
    assert exposed(text) == plain
