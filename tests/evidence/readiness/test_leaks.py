from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from rung.estimate import Estimate, Missing
from rung.evidence.readiness.leaks import FEWEST_ITEMS, GroupLeak, Leaks, group_leaks
from rung.evidence.split import Split, assembled
from rung.task.example import Example

LABELS = 4
FOLLOWS = 0.9
CHANNELS = ("web", "mail", "phone")


def word(*numbers: int) -> str:
    """A word of seven letters that these numbers stand for."""
    return "".join(np.random.default_rng(numbers).choice(list("abcdefghijklmnopqrstuvwxyz"), 7))


def items(count: int, vendors: int, seed: int, *, leak: bool, signal: float = 0.0) -> list[Example]:
    """Each vendor has three words of its own. With `leak` its texts have its label at the rate `FOLLOWS`, else any; at
    the rate `signal` a word tells the label. Channels are drawn by chance."""
    rng = np.random.default_rng(seed)
    usual = rng.permutation(np.arange(vendors) % LABELS)
    made = []
    for number in range(count):
        vendor = number % vendors
        follows = leak and rng.random() < FOLLOWS
        label = int(usual[vendor] if follows else rng.integers(LABELS))
        words = [f"common{rng.integers(8)}" for _ in range(3)] + [word(vendor, place) for place in range(3)]
        if rng.random() < signal:
            words.append(f"{word(10_000 + label)} ")
        facts = {"vendor": f"V{vendor}", "channel": CHANNELS[rng.integers(3)]}
        made.append(Example(f"i{number:04}", " ".join(words), f"label-{label}", f"item:i{number:04}", metadata=facts))
    return made


def divided(examples: Sequence[Example], seed: int = 0) -> Split:
    """Six in ten items in train, two in dev, two sealed, by chance."""
    order = np.random.default_rng(seed).permutation(len(examples))
    ends = [0, int(0.6 * len(order)), int(0.8 * len(order)), len(order)]
    parts = [[examples[place] for place in order[start:end]] for start, end in pairwise(ends)]
    return assembled({"train": parts[0], "dev": parts[1], "sealed": parts[2]}, [])


def by_name(leaks: Leaks, name: str) -> GroupLeak:
    return next(one for one in leaks.groupings if one.name == name)


@pytest.fixture(scope="module")
def planted() -> Leaks:
    return group_leaks(divided(items(400, 40, 1, leak=True)), one_label=True, seed=0)


def test_a_vendor_that_gives_labels_away_is_named_first_with_the_true_drop_in_its_interval(planted: Leaks) -> None:
    first = planted.groupings[0]
    assert (first.name, first.verdict) == ("vendor", "leaks")
    # With the vendor known: its label in nine of ten texts, and one in four of the rest. Without: one in four.
    truth = FOLLOWS + (1 - FOLLOWS) / LABELS - 1 / LABELS
    assert isinstance(first.size, Estimate)
    assert first.size.low is not None
    assert first.size.high is not None
    assert first.size.low <= truth <= first.size.high
    assert first.size.high - first.size.low < 0.25
    assert "group: vendor" in first.proposal


def test_the_drop_is_the_difference_of_the_two_scores(planted: Leaks) -> None:
    first = planted.groupings[0]
    assert isinstance(first.size, Estimate)
    assert isinstance(first.score_as_split, Estimate)
    assert isinstance(first.score_disjoint, Estimate)
    assert first.size.value == pytest.approx(first.score_as_split.value - first.score_disjoint.value)
    assert first.score_disjoint.value == pytest.approx(1 / LABELS, abs=0.12)


def test_a_harmless_field_on_both_sides_is_not_named(planted: Leaks) -> None:
    channel = by_name(planted, "channel")
    assert channel.on_both_sides == 3
    assert isinstance(channel.crossing_share, Estimate)
    assert channel.crossing_share.value == 1.0
    assert channel.verdict != "leaks"
    assert "channel" not in {one.name for one in planted.shown}


def test_data_without_a_leak_seldom_name_one() -> None:
    # Each field is named with a chance of at most 5 %: three or more of 20 sets would come up once in 13 at worst.
    named = 0
    for seed in range(20):
        examples = items(120, 12, seed, leak=False, signal=0.8)
        split = divided([replace(one, metadata={"vendor": one.metadata["vendor"]}) for one in examples], seed)
        named += bool(group_leaks(split, one_label=True, seed=seed).shown)
    assert named <= 2


def test_sealed_labels_change_nothing() -> None:
    split = divided(items(120, 12, 2, leak=True))
    relabelled = replace(split, sealed=tuple(replace(one, expected="other") for one in split.sealed))
    assert group_leaks(split, one_label=True, seed=0) == group_leaks(relabelled, one_label=True, seed=0)


def test_without_one_label_an_item_the_share_that_crosses_is_told_and_the_size_missing() -> None:
    leaks = group_leaks(divided(items(120, 12, 2, leak=True)), one_label=False, seed=0)
    vendor = by_name(leaks, "vendor")
    assert isinstance(vendor.crossing_share, Estimate)
    assert vendor.crossing_share.value == 1.0
    assert isinstance(vendor.size, Missing)
    assert vendor.verdict == "cannot_be_told"
    assert "one label" in vendor.because


def test_a_field_whose_values_stand_on_one_side_does_not_leak() -> None:
    examples = items(120, 12, 3, leak=True)
    train = [one for one in examples if int(one.metadata["vendor"][1:]) < 8]
    dev = [one for one in examples if one.metadata["vendor"] in {"V8", "V9"}]
    sealed = [one for one in examples if one.metadata["vendor"] in {"V10", "V11"}]
    split = assembled({"train": train, "dev": dev, "sealed": sealed}, [])
    leaks = group_leaks(split, one_label=True, seed=0)
    vendor = by_name(leaks, "vendor")
    assert (vendor.on_both_sides, vendor.verdict, vendor.proposal) == (0, "does_not", "")
    assert isinstance(vendor.size, Missing)


def test_fields_that_group_nothing_are_left_out() -> None:
    examples = [
        replace(one, metadata={"serial": one.id, "site": "only one", "": "x", "half": one.id if n % 2 else ""})
        for n, one in enumerate(items(80, 8, 4, leak=False))
    ]
    names = {one.name for one in group_leaks(divided(examples), one_label=False, seed=0).groupings}
    assert names <= {"alike texts"}


def test_a_field_that_only_repeats_the_label_cannot_be_told_and_says_why() -> None:
    examples = [replace(one, metadata={"queue": f"for {one.expected}"}) for one in items(120, 12, 5, leak=False)]
    queue = by_name(group_leaks(divided(examples), one_label=True, seed=0), "queue")
    assert queue.verdict == "cannot_be_told"
    assert "no label stands with two of its values" in queue.because


def test_a_single_label_leaves_nothing_to_leak() -> None:
    examples = [replace(one, expected="same") for one in items(120, 12, 6, leak=False)]
    vendor = by_name(group_leaks(divided(examples), one_label=True, seed=0), "vendor")
    assert vendor.verdict == "cannot_be_told"
    assert "same label" in vendor.because


def test_few_items_cannot_be_told() -> None:
    vendor = by_name(group_leaks(divided(items(30, 6, 7, leak=False)), one_label=True, seed=0), "vendor")
    assert vendor.verdict == "cannot_be_told"
    assert str(FEWEST_ITEMS) in vendor.because


def test_ten_thousand_labels_cannot_be_told() -> None:
    examples = [replace(one, expected=one.id) for one in items(200, 20, 8, leak=False)]
    assert group_leaks(divided(examples), one_label=True, seed=0).shown == ()


def test_a_declared_group_on_both_sides_is_reported() -> None:
    examples = [replace(one, group=one.metadata["vendor"]) for one in items(160, 16, 9, leak=True)]
    group = by_name(group_leaks(divided(examples), one_label=True, seed=0), "group")
    assert group.on_both_sides == 16
    assert group.verdict == "leaks"
    assert "Keep each group in one part" in group.proposal


@pytest.mark.parametrize(("train", "held_out"), [(0, 40), (40, 0)])
def test_an_empty_side_gives_no_verdict(train: int, held_out: int) -> None:
    examples = items(40, 4, 10, leak=True)
    split = assembled({"train": examples[:train], "dev": examples[:held_out], "sealed": []}, [])
    assert {one.verdict for one in group_leaks(split, one_label=True, seed=0).groupings} == {"cannot_be_told"}


def test_derived_variants_count_on_no_side() -> None:
    split = divided(items(80, 8, 11, leak=True))
    variants = [replace(one, id=f"{one.id}~", derived_from=one.id, derivation="typo") for one in split.dev]
    more = replace(split, dev=(*split.dev, *variants))
    assert group_leaks(more, one_label=True, seed=0) == group_leaks(split, one_label=True, seed=0)


def test_the_same_seed_gives_the_same_verdicts() -> None:
    split = divided(items(120, 12, 12, leak=True))
    assert group_leaks(split, one_label=True, seed=3) == group_leaks(split, one_label=True, seed=3)
