from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.errors import InvalidData
from rung.evidence.examples import PARTS, read_examples
from rung.evidence.prepare import prepare_evidence, split_examples
from rung.evidence.split import Split, part_hash, split
from rung.task.example import Example
from rung.task.task import Task


def make(labels: list[str], groups: list[int]) -> list[Example]:
    return [
        Example(f"{n:04}", f"text {n}", label, f"g{group}", "routine")
        for n, (label, group) in enumerate(zip(labels, groups, strict=True))
    ]


many = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 12)), min_size=3, max_size=60).map(
    lambda pairs: make([label for label, _ in pairs], [group for _, group in pairs])
)


def members(divided: Split) -> list[str]:
    return sorted(one.id for part in PARTS for one in divided.part(part))


@settings(max_examples=200, deadline=None)
@given(many, st.integers(0, 5))
def test_no_group_stands_in_two_parts_and_every_item_in_exactly_one(examples: list[Example], seed: int) -> None:
    if len({one.group for one in examples}) < 3:
        with pytest.raises(InvalidData, match="need at least 3"):
            split(examples, seed=seed)
        return
    divided = split(examples, seed=seed)
    assert members(divided) == sorted(one.id for one in examples)
    parts_of_group = {(one.group, part) for part in PARTS for one in divided.part(part)}
    assert len(parts_of_group) == len({one.group for one in examples})
    assert all(divided.part(part) for part in PARTS)
    assert len(divided.sealed) >= len(divided.dev)


@settings(max_examples=50, deadline=None)
@given(many, st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_same_items_and_seed_give_the_same_split_in_any_order(
    examples: list[Example], seed: int, rng: random.Random
) -> None:
    if len({one.group for one in examples}) >= 3:
        shuffled = rng.sample(examples, k=len(examples))
        assert split(shuffled, seed=seed) == split(examples, seed=seed)


def test_another_seed_gives_another_split() -> None:
    examples = make(["a", "b"] * 50, list(range(100)))
    assert split(examples, seed=0).split_hash != split(examples, seed=1).split_hash


def test_independent_items_are_split_50_20_30_with_even_labels() -> None:
    examples = make(["a"] * 100 + ["b"] * 60 + ["c"] * 40, list(range(200)))
    divided = split(examples, seed=0)
    assert [len(divided.part(part)) for part in PARTS] == [100, 40, 60]
    assert Counter(one.expected for one in divided.dev) == {"a": 20, "b": 12, "c": 8}
    assert Counter(one.expected for one in divided.sealed) == {"a": 30, "b": 18, "c": 12}


def test_dev_and_sealed_stop_at_their_sizes_and_train_gets_the_rest() -> None:
    examples = make(["a", "b"] * 1000, list(range(2000)))
    divided = split(examples, seed=0, dev_items=120, sealed_items=192)
    assert [len(divided.part(part)) for part in PARTS] == [1688, 120, 192]


def test_a_label_of_one_group_stays_in_train_and_the_notes_say_what_is_missing() -> None:
    examples = make(["rare"] * 3 + ["a", "b"] * 30, [99] * 3 + list(range(60)))
    divided = split(examples, seed=0)
    assert "rare" in {one.expected for one in divided.train}
    assert "Labels without an item in dev, so dev says nothing about them: rare." in divided.notes
    assert "Labels without an item in sealed, so sealed says nothing about them: rare." in divided.notes


def test_too_few_items_are_still_split_with_a_note() -> None:
    divided = split(make(["a", "b", "a"], [0, 1, 2]), seed=0)
    assert [len(divided.part(part)) for part in PARTS] == [1, 1, 1]
    assert "Only 3 items: too few to decide anything." in divided.notes


def test_one_group_cannot_be_split_and_the_remedy_is_named() -> None:
    with pytest.raises(InvalidData, match=r"form 1 group: 'g0' \(10 items\); .*Give items of other customers"):
        split(make(["a", "b"] * 5, [0] * 10), seed=0)


def test_hashes_follow_the_content_of_each_part() -> None:
    examples = make(["a", "b"] * 20, list(range(40)))
    divided = split(examples, seed=0)
    victim = divided.sealed[0].id
    changed = split([replace(one, input="other") if one.id == victim else one for one in examples], seed=0)
    assert changed.hashes["sealed"] != divided.hashes["sealed"]
    assert changed.hashes["train"] == divided.hashes["train"]
    assert changed.split_hash != divided.split_hash
    assert part_hash(divided.dev) == divided.hashes["dev"] == part_hash(divided.dev[::-1])


def rows(directory: Path, count: int, **more: object) -> Path:
    words = ["printer", "invoice", "password", "export", "calendar", "refund", "login", "webhook", "dashboard"]
    path = directory / "e.jsonl"
    rng = random.Random(5)
    lines = []
    for n in range(count):
        text = " ".join(rng.sample(words, k=5)) + f" case {n * 7919}"
        lines.append(json.dumps({"id": f"{n:04}", "input": text, "expected": "ab"[n % 2], **more}))
    path.write_text("\n".join(lines))
    return path


def test_variants_stand_in_dev_and_sealed_beside_their_original_and_never_in_train(tmp_path: Path, task: Task) -> None:
    rows(tmp_path, 800)
    evidence = prepare_evidence(task)
    divided = evidence.split
    assert len(divided.dev) <= 150
    assert 150 <= len(divided.sealed) <= 240
    assert all(one.derived_from is None for one in divided.train)
    for part in (divided.dev, divided.sealed):
        by_id = {one.id: one for one in part}
        variants = [one for one in part if one.derived_from is not None]
        assert len(variants) == len([one for one in part if one.derived_from is None]) // 4
        for variant in variants:
            assert by_id[str(variant.derived_from)].group == variant.group
    assert evidence.profile.segments["dev"]["adversarial"] == evidence.profile.derived["dev"] > 0
    assert any(note.startswith("No item was marked adversarial") for note in divided.notes)


def test_sizes_that_are_asked_for_are_given_up_to_a_third(tmp_path: Path, task: Task) -> None:
    read = read_examples(rows(tmp_path, 600), task)
    divided = split_examples(read, seed=0, dev_items=200, sealed_items=900)
    originals = [len([one for one in divided.part(part) if not one.derived_from]) for part in PARTS]
    assert originals == [240, 160, 200]
    assert len(divided.dev) == 200


def test_the_whole_preparation_is_the_same_twice_and_differs_by_seed(tmp_path: Path, task: Task) -> None:
    rows(tmp_path, 120)
    assert prepare_evidence(task) == prepare_evidence(task)
    assert prepare_evidence(task).split.split_hash != prepare_evidence(replace(task, seed=1)).split.split_hash


def test_a_split_made_by_the_team_is_kept(tmp_path: Path, task: Task) -> None:
    path = rows(tmp_path, 30)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for n, line in enumerate(lines):
        line["split"] = "train" if n < 10 else "dev" if n < 20 else "sealed"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    divided = split_examples(read_examples(path, task), seed=0)
    originals = {part: [one.id for one in divided.part(part) if not one.derived_from] for part in PARTS}
    assert originals["train"] == [f"{n:04}" for n in range(10)]
    assert originals["sealed"] == [f"{n:04}" for n in range(20, 30)]
    assert "The split is the team's own." in divided.notes


def test_declared_adversarial_items_are_used_instead_of_variants(tmp_path: Path, task: Task) -> None:
    path = rows(tmp_path, 60)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines[::4]:
        line["segment"] = "adversarial"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    divided = split_examples(read_examples(path, task), seed=0)
    assert all(one.derived_from is None for part in PARTS for one in divided.part(part))
    assert all(any(one.segment == "adversarial" for one in divided.part(part)) for part in ("dev", "sealed"))


def test_a_part_that_gets_far_less_than_its_share_is_named() -> None:
    alone = [
        Example(f"{label}-{n}", f"text {label} {n}", f"label {label}", f"g{label}")
        for label in range(300)
        for n in (0, 1)
    ]
    divided = split(alone, seed=0, dev_items=150, sealed_items=240)
    assert len(divided.dev) < 60
    assert any(f"Only {len(divided.dev)} items are in dev, where 120 were meant to be" in one for one in divided.notes)
