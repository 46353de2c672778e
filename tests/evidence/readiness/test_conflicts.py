from __future__ import annotations

import pytest

from rung.estimate import Estimate, Missing
from rung.evidence.profile import profile
from rung.evidence.readiness.conflicts import conflicts, spellings
from rung.evidence.split import assembled
from rung.evidence.strata import ONE_LABEL
from rung.task.example import Example


def pairs(**counts: int) -> set[tuple[str, str]]:
    return named(counts)


def named(counts: dict[str, int]) -> set[tuple[str, str]]:
    holders = {label: tuple(f"{label}{n}" for n in range(count)) for label, count in counts.items()}
    return {(one.label, one.meant) for one in spellings(holders)}


@pytest.mark.parametrize(
    ("rare", "common"),
    [
        ("caf\u00e9", "cafe\u0301"),  # one letter, or two that look like it
        ("card-lost", "card lost"),
        ("card_lost", "cardlost"),
        ("\uff42illing", "billing"),  # a full-width letter
        ("billing.", "billing"),
        ("e\u2011mail", "e-mail"),  # another hyphen
    ],
)
def test_labels_that_look_alike_are_reported_as_the_rarer_one(rare: str, common: str) -> None:
    assert named({rare: 3, common: 8}) == {(rare, common)}


def test_a_slip_of_the_pen_is_a_rare_label_one_letter_away() -> None:
    assert pairs(billing=40, biling=2) == {("biling", "billing")}
    assert pairs(billing=40, blliing=2, delivery=40, deliverx=1, refunds=30, refund=1) == {
        ("deliverx", "delivery"),
        ("refund", "refunds"),
    }
    assert pairs(delivery=40, delviery=2) == {("delviery", "delivery")}


def test_labels_that_differ_on_purpose_are_left_alone() -> None:
    assert named({"level 1": 40, "level 2": 2}) == set()  # digits
    assert named({"refund": 40, "refunds": 30}) == set()  # both common
    assert named({"win": 40, "wing": 2}) == set()  # short
    assert named({"+": 40, "-": 30}) == set()  # no letters at all


def test_the_items_of_the_rarer_spelling_are_listed() -> None:
    (one,) = spellings({"card-lost": ("a",), "card lost": ("b", "c")})
    assert (one.item_ids, one.because) == (("a",), "they differ only by punctuation, spaces or Unicode form")


def test_thousands_of_labels_are_compared() -> None:
    assert named({f"name{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{n:05d}": 1 for n in range(5_000)}) == set()


def test_one_text_with_two_labels_is_a_conflict_even_in_another_unicode_form() -> None:
    train = [Example("1", "Caf\u00e9 open?", "a", "g1"), Example("2", "other", "b", "g2")]
    dev = [Example("3", "cafe\u0301 OPEN", "b", "g3"), Example("4", "third", "a", "g4")]
    divided = assembled({"train": train, "dev": dev, "sealed": [Example("5", "other", "a", "g5")]}, [])
    found = conflicts(profile(divided, [], ("a", "b")), [*train, *dev], ONE_LABEL)
    assert isinstance(found.share, Estimate)
    assert found.share.value == 0.5
    assert [one.item_ids for one in found.texts] == [("1", "3")]


def test_a_kind_with_several_right_answers_has_no_conflicts() -> None:
    items = [Example("1", "same", "a", "g1"), Example("2", "same", "b", "g2")]
    divided = assembled({"train": items, "dev": [], "sealed": []}, [])
    found = conflicts(profile(divided, [], (), kind="answer"), items, ONE_LABEL)
    assert isinstance(found.share, Missing)
    assert (found.texts, found.spellings) == ((), ())
