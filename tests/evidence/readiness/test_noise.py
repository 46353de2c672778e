from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rung.estimate import Estimate, Missing, Provenance
from rung.evidence.readiness.noise import LabelNoise, label_noise, nothing_known
from rung.task.example import Example


def rate(noise: LabelNoise) -> tuple[float, float, float]:
    """Low, value and high."""
    assert isinstance(noise.rate, Estimate)
    assert noise.rate.provenance is Provenance.MODELLED
    assert noise.rate.low is not None
    assert noise.rate.high is not None
    return noise.rate.low, noise.rate.value, noise.rate.high


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.2, 0.3])
def test_the_true_share_of_flipped_labels_lies_in_the_range(
    planted: Any, flipped: Any, items: Any, share: float
) -> None:
    texts, kinds = planted(500, 5, 10)
    given = flipped(kinds, 5, share, 10)
    true = sum(a != b for a, b in zip(kinds, given, strict=True)) / 500
    low, value, high = rate(label_noise(items(texts, given), seed=0))
    assert low <= true <= high
    assert value == pytest.approx(true, abs=0.05)
    assert high <= true + 0.1


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_flips_of_one_label_into_another_lie_in_the_range_too(
    planted: Any, flipped: Any, items: Any, share: float
) -> None:
    texts, kinds = planted(500, 5, 11)
    given = flipped(kinds, 5, share, 11, only=(0, 1))
    true = sum(a != b for a, b in zip(kinds, given, strict=True)) / 500
    noise = label_noise(items(texts, given), seed=0)
    low, _, high = rate(noise)
    assert low <= true <= high
    assert {noise.pairs[0].first, noise.pairs[0].second} == {"label-0", "label-1"}


def test_most_ranges_hold_the_truth_where_the_probe_is_weak(planted: Any, flipped: Any, items: Any) -> None:
    inside = 0
    for seed in range(8):
        texts, kinds = planted(250, 3, 100 + seed, shared=0.75)
        given = flipped(kinds, 3, 0.15, 100 + seed)
        true = sum(a != b for a, b in zip(kinds, given, strict=True)) / 250
        low, _, high = rate(label_noise(items(texts, given), seed=seed))
        inside += low <= true <= high
    assert inside >= 6  # of 8; at 90 % fewer happen in 4 % of such trials


@pytest.mark.parametrize("alike", [0.5, 1.0])
def test_labels_that_are_hard_to_tell_apart_are_not_called_noisy(planted: Any, items: Any, alike: float) -> None:
    texts, kinds = planted(500, 5, 12, alike=alike)
    noise = label_noise(items(texts, kinds), seed=0)
    assert rate(noise)[0] == pytest.approx(0.0, abs=0.01)
    assert "look the same" in noise.ambiguity
    assert {noise.pairs[0].first, noise.pairs[0].second} == {"label-0", "label-1"}
    assert "overlap in meaning" in noise.ambiguity


def test_the_flipped_items_lead_the_list_with_their_true_label(planted: Any, flipped: Any, items: Any) -> None:
    texts, kinds = planted(400, 4, 13)
    given = flipped(kinds, 4, 0.1, 13)
    struck = {f"i{n}" for n in range(400) if kinds[n] != given[n]}
    noise = label_noise(items(texts, given), seed=0)
    first = noise.suspects[: len(struck) // 2]
    assert {one.item_id for one in first} <= struck
    assert all(one.suggested == f"label-{kinds[int(one.item_id[1:])]}" for one in first)
    assert all(one.given == f"label-{given[int(one.item_id[1:])]}" and one.given != one.suggested for one in first)
    assert {one.item_id for one in noise.suspects} >= {name for name in struck if name in {s.item_id for s in first}}


def test_copies_of_one_item_do_not_vouch_for_each_other(planted: Any, flipped: Any, items: Any) -> None:
    texts, kinds = planted(130, 4, 14)
    given = flipped(kinds, 4, 0.2, 14)
    groups = [f"g{n // 3}" for n in range(390)]
    tripled = items([t for t in texts for _ in range(3)], [g for g in given for _ in range(3)], groups)
    noise = label_noise(tripled, seed=0)
    true = sum(a != b for a, b in zip(kinds, given, strict=True)) / 130
    # Were the copies in other folds, every wrong label would be confirmed and the range would end near zero.
    assert rate(noise)[2] > true
    assert rate(noise)[1] == pytest.approx(true, abs=0.08)


def test_texts_that_say_nothing_about_their_labels_give_no_figure(items: Any) -> None:
    noise = label_noise(
        items([f"word{n * 7 % 11} thing{n * 5 % 13}" for n in range(200)], [n % 2 for n in range(200)]), seed=0
    )
    assert isinstance(noise.rate, Missing)
    assert noise.suspects == ()


@pytest.mark.parametrize(
    ("texts", "labels", "because"),
    [
        (["a text"] * 30, [0, 1] * 15, "too few"),
        (["a text"] * 200, [0] * 200, "same label"),
        ([f"text {n}" for n in range(300)], list(range(300)), "too few items per label"),
    ],
)
def test_what_cannot_be_told_is_said(items: Any, texts: list[str], labels: list[int], because: str) -> None:
    noise = label_noise(items(texts, labels), seed=0)
    assert isinstance(noise.rate, Missing)
    assert because in noise.rate.because


def test_a_single_group_gives_no_figure() -> None:
    noise = label_noise([Example(str(n), f"text {n}", f"l{n % 2}", "one") for n in range(200)], seed=0)
    assert isinstance(noise.rate, Missing)
    assert "single group" in noise.rate.because


def test_the_same_seed_gives_the_same_value(planted: Any, flipped: Any, items: Any) -> None:
    texts, kinds = planted(200, 3, 15)
    examples = items(texts, flipped(kinds, 3, 0.1, 15))
    assert label_noise(examples, seed=4) == label_noise(examples, seed=4)


@pytest.mark.parametrize(
    ("low", "high", "told"), [(0.0, 0.2, True), (0.01, 0.6, True), (0.0, 0.6, False), (None, None, False)]
)
def test_a_range_from_none_to_nearly_half_is_not_told_as_a_rate(
    low: float | None, high: float | None, told: bool
) -> None:
    rate = Estimate(0.15, low, high, "share", 300, Provenance.MODELLED, "planted")
    noise = replace(nothing_known("planted"), rate=rate)
    assert noise.told == rate if told else isinstance(noise.told, Missing)
