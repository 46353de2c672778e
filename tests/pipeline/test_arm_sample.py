from __future__ import annotations

from dataclasses import replace

import pytest

from rung.pipeline.arm_sample import arm_sample
from rung.task.example import Example


def items(count: int, *, a_group: int = 1) -> list[Example]:
    return [Example(f"i{number}", f"text {number}", "a", f"g{number // a_group}") for number in range(count)]


def test_the_same_items_are_drawn_whatever_order_they_came_in() -> None:
    drawn = arm_sample(items(300), most=100, seed=3)
    assert len(drawn) == 100
    assert drawn == arm_sample(reversed(items(300)), most=100, seed=3)
    assert {one.id for one in drawn} != {one.id for one in arm_sample(items(300), most=100, seed=4)}


def test_groups_are_drawn_whole_and_variants_not_at_all() -> None:
    variants = [replace(one, id=f"{one.id}~typo", derived_from=one.id) for one in items(300)]
    drawn = arm_sample([*items(300, a_group=7), *variants], most=100, seed=0)
    assert 93 < len(drawn) <= 100
    whole = {one.group: 0 for one in drawn}
    for one in drawn:
        whole[one.group] += 1
    assert set(whole.values()) <= {7, 300 % 7}
    assert all(one.derived_from is None for one in drawn)


def test_a_smaller_sample_lies_within_the_larger_one() -> None:
    larger = arm_sample(items(300, a_group=3), most=100, seed=1)
    smaller = arm_sample(larger, most=60, seed=1)
    assert smaller == larger[: len(smaller)]


@pytest.mark.parametrize("a_group", [150, 1000])
def test_a_group_too_large_for_any_sample_gives_a_part_of_itself(a_group: int) -> None:
    assert len(arm_sample(items(300, a_group=a_group), most=100, seed=0)) == 100


def test_no_items_give_no_sample() -> None:
    assert arm_sample([], most=100, seed=0) == ()
