from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import pytest

from rung.diagnose.arms import LARGER_MODEL, NO_ARMS, TRAIN_ITEMS, Arms
from rung.diagnose.capacity import Capacity, capacity
from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run, SplitName
from rung.stats import wilson
from rung.task.example import Example
from rung.task.protocols import Prediction


def run_of(right: int, wrong: int, *, prefix: str = "i", split: SplitName = "dev", derived: int = 0) -> Run:
    def row(number: int, success: bool, original: str | None = None) -> Row:
        example = Example(f"{prefix}{number}", f"{prefix} {number}", "a", f"{prefix}{number}", derived_from=original)
        return Row(example, Prediction("a"), success=success)

    rows = [row(number, number < right) for number in range(right + wrong)]
    rows += [row(1000 + number, False, f"{prefix}0") for number in range(derived)]
    return Run("0123456789abcdef", "planted", split, tuple(rows), None, None, 0)


def asked(own: Run, **arms: Run) -> Capacity:
    names = {"larger": LARGER_MODEL, "train": TRAIN_ITEMS}
    found = capacity(own, Arms({names[name]: run for name, run in arms.items()}), source="dev")
    assert found is not None
    return found


def test_a_larger_model_is_compared_item_by_item() -> None:
    found = asked(run_of(4, 6), larger=run_of(7, 3))
    assert isinstance(found.larger, Estimate)
    assert isinstance(found.gain, Estimate)
    assert [found.larger.value, found.gain.value] == pytest.approx([0.7, 0.3])
    assert found.gained_ids == ("i4", "i5", "i6")
    assert isinstance(found.train, Missing)


def test_a_model_is_too_small_only_where_the_interval_of_the_gain_says_so() -> None:
    assert "Too small" in asked(run_of(20, 40), larger=run_of(40, 20)).reading
    assert "not shown to do better" in asked(run_of(4, 6), larger=run_of(5, 5)).reading
    assert "fewer right" in asked(run_of(40, 20), larger=run_of(20, 40)).reading


def test_items_learned_from_and_new_ones_differ_by_an_unpaired_interval() -> None:
    found = asked(run_of(60, 40, derived=25), train=run_of(97, 3, prefix="t", split="train"))
    train, dev = wilson(97, 100, level=0.9), wilson(60, 100, level=0.9)
    assert isinstance(found.generalisation_gap, Estimate)
    assert found.generalisation_gap.value == pytest.approx(0.37)
    assert train.low is not None
    assert dev.high is not None
    # Newcombe 1998, method 10, from the two Wilson intervals; derived variants are on neither side.
    assert found.generalisation_gap.low == pytest.approx(0.37 - sqrt((0.97 - train.low) ** 2 + (dev.high - 0.6) ** 2))
    assert found.reading.startswith("Over-fitted: it gets 97% right of the items that it learned from, 37 points more ")


def test_a_model_that_misses_its_own_items_is_under_fitted_whatever_it_does_on_new_ones() -> None:
    assert asked(run_of(30, 70), train=run_of(70, 30, prefix="t", split="train")).reading.startswith("Under-fitted")


@pytest.mark.parametrize(("right", "wrong"), [(95, 5), (9, 1)])
def test_a_model_that_fits_and_carries_over_is_neither(right: int, wrong: int) -> None:
    found = asked(run_of(right, wrong), train=run_of(right, wrong, prefix="t", split="train"))
    assert "fitted" not in found.reading
    assert "not shown to be harder" in found.reading


def test_nothing_is_told_where_neither_was_asked() -> None:
    assert capacity(run_of(3, 3), NO_ARMS, source="dev") is None


def test_a_reason_is_kept_for_the_part_that_was_not_asked() -> None:
    arms = Arms({TRAIN_ITEMS: run_of(9, 1, prefix="t", split="train")}, {LARGER_MODEL: "models.larger is not set"})
    found = capacity(run_of(5, 5), arms, source="dev")
    assert found is not None
    assert found.gain == Missing("models.larger is not set", "models.larger")


def test_one_group_of_items_leaves_the_gain_without_ends() -> None:
    def in_one_group(right: Sequence[bool]) -> Run:
        rows = tuple(
            Row(Example(f"i{number}", f"{number}", "a", "g"), Prediction("a"), success=success)
            for number, success in enumerate(right)
        )
        return Run("0123456789abcdef", "planted", "dev", rows, None, None, 0)

    found = asked(in_one_group([False, False]), larger=in_one_group([True, True]))
    assert isinstance(found.gain, Estimate)
    assert (found.gain.low, found.gain.high) == (None, None)
    assert "cannot be told" in found.reading
