from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from rung.estimate import LEVEL, Estimate, Missing
from rung.evidence.duplicates import jaccard, trigrams
from rung.evidence.readiness import crossing as module
from rung.evidence.readiness.crossing import Crossing, crossing
from rung.evidence.split import Split, assembled
from rung.stats import wilson
from rung.task.example import Example

SENTENCES = [
    "the invoice of march was charged twice",
    "please reset the password of my account",
    "where is the parcel that left on monday",
    "the app closes whenever a photo is opened",
    "cancel my order before it is shipped",
    "how do i change the language of the menu",
]


def items(part: str, texts: Sequence[str], group: str = "") -> list[Example]:
    return [Example(f"{part}{n}", text, "x", group or f"{part}{n}") for n, text in enumerate(texts)]


def divided(train: Sequence[str], dev: Sequence[str], sealed: Sequence[str]) -> Split:
    return assembled({"train": items("t", train), "dev": items("d", dev), "sealed": items("s", sealed)}, [])


def value(figure: object) -> float:
    assert isinstance(figure, Estimate)
    return figure.value


def test_each_held_out_item_is_counted_at_the_first_stage_that_holds() -> None:
    dev = [
        SENTENCES[0],
        "Please RESET the password, of my account!",
        "where is the parcel that left on mondays",
        "something entirely new and different",
    ]
    part = crossing(divided(SENTENCES, dev, ["unseen words only"])).parts[0]
    assert (part.items, part.exact, part.normalised, part.near) == (4, 1, 1, 1)
    assert [(twin.held_out_id, twin.train_id, twin.stage) for twin in part.twins] == [
        ("d0", "t0", "exact"),
        ("d1", "t1", "normalised"),
        ("d2", "t2", "near"),
    ]
    assert part.twins[2].similarity == pytest.approx(jaccard(trigrams(dev[2]), trigrams(SENTENCES[2])))
    assert value(part.any_share) == 0.75
    assert part.verdict == "some"


def test_shares_of_single_items_have_wilsons_interval() -> None:
    part = crossing(divided(SENTENCES, [SENTENCES[0], "new words", "other words", "more words"], ["unseen"])).parts[0]
    expected = wilson(1, 4, level=LEVEL)
    assert isinstance(part.exact_share, Estimate)
    assert (part.exact_share.low, part.exact_share.high) == (expected.low, expected.high)
    assert (part.exact_share.n, part.exact_share.unit) == (4, "share")


def test_an_interval_counts_a_group_and_not_its_items() -> None:
    dev = [*items("d", [SENTENCES[0]] * 20, "one"), *items("e", ["new words here"] * 20, "two")]
    split = assembled({"train": items("t", SENTENCES), "dev": dev, "sealed": items("s", ["unseen"])}, [])
    share = crossing(split).parts[0].exact_share
    alone = wilson(20, 40, level=LEVEL)
    assert isinstance(share, Estimate)
    assert share.low is not None
    assert alone.low is not None
    assert share.low < alone.low - 0.1


def test_an_eval_set_that_is_a_copy_of_train_is_called_one() -> None:
    result = crossing(divided(SENTENCES, [text.upper() for text in SENTENCES], SENTENCES))
    assert [part.verdict for part in result.parts] == ["copy", "copy"]
    assert result.verdict == "copy"
    assert (result.parts[0].normalised, result.parts[1].exact) == (6, 6)
    assert "copy of train" in result.parts[1].sentence
    assert result.proposal


def test_disjoint_parts_share_nothing_and_need_nothing() -> None:
    result = crossing(divided(SENTENCES[:2], SENTENCES[2:4], SENTENCES[4:]))
    assert result.verdict == "none"
    assert result.proposal == ""
    assert [value(part.any_share) for part in result.parts] == [0.0, 0.0]


def test_derived_variants_are_counted_on_neither_side() -> None:
    variant = Example("d9", SENTENCES[0], "x", "d0", derived_from="d0", derivation="typo")
    split = assembled(
        {"train": items("t", SENTENCES), "dev": [*items("d", ["new words here"]), variant], "sealed": []}, []
    )
    assert (crossing(split).parts[0].items, crossing(split).parts[0].exact) == (1, 0)


def test_texts_that_differ_only_in_unicode_form_are_the_same_after_normalising() -> None:
    part = crossing(divided(["café résumé", "x y"], ["cafe\u0301 re\u0301sume\u0301", "ｘ　ｙ"], ["z"])).parts[0]
    assert (part.exact, part.normalised, part.near) == (0, 2, 0)


@pytest.mark.parametrize(("train", "dev", "empty"), [([], ["a"], "train"), (["a"], [], "dev")])
def test_an_empty_part_is_unknown_and_says_which(train: list[str], dev: list[str], empty: str) -> None:
    part = crossing(divided(train, dev, ["a"])).parts[0]
    assert part.verdict == "unknown"
    assert isinstance(part.any_share, Missing)
    assert empty in part.sentence


def test_empty_sign_only_and_giant_texts_are_compared_like_any_other() -> None:
    giant = " ".join(random.Random(1).choices(SENTENCES, k=800))[:32_000]
    part = crossing(divided(["", "?!", giant], ["", "...", giant + " and more"], ["a"])).parts[0]
    assert [(twin.held_out_id, twin.stage) for twin in part.twins] == [("d0", "exact"), ("d2", "near")]


def many(seed: int) -> Split:
    rng = random.Random(seed)
    words = [f"{rng.choice(SENTENCES)[:12]} {rng.randrange(10**6)} {rng.choice(SENTENCES)}" for _ in range(400)]
    dev = [text[:-3] if rng.random() < 0.4 else f"{rng.randrange(10**9)} unlike anything" for text in words[:200]]
    return divided(words, dev, words[:20])


def test_masses_of_texts_are_hashed_with_the_same_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    exactly = crossing(many(3))
    monkeypatch.setattr(module, "EXACT_COMPARISONS", 0)
    hashed = crossing(many(3))
    assert exactly.parts[0].near > 40
    assert similar(exactly) - similar(hashed) <= 1
    assert hashed.parts[1] == exactly.parts[1]


def similar(result: Crossing) -> int:
    return result.parts[0].near
