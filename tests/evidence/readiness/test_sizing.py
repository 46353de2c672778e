from __future__ import annotations

import pytest

from rung.estimate import Estimate, Missing
from rung.evidence.readiness.sizing import sizing
from rung.evidence.split import Split, assembled
from rung.task.example import Example
from rung.task.task import Target

HALF = Target("task_success", minimum=0.5)


def divided(dev: int, per_group: int = 1) -> Split:
    items = [Example(f"d{n}", "t", "a", f"g{n // per_group}", "routine") for n in range(dev)]
    return assembled({"train": [], "dev": items, "sealed": [Example("s", "t", "a", "s", "routine")]}, [])


def test_the_smallest_difference_follows_from_the_normal_bound() -> None:
    # 1.645 x sqrt(.5 x .5 / 100) = .0822 around a target of .50.
    found = sizing(divided(100), [HALF])[0]
    assert isinstance(found.smallest, Estimate)
    assert found.smallest.value == pytest.approx(0.0822, abs=1e-4)
    assert (found.part, found.items, found.independent) == ("dev", 100, 100.0)


def test_the_items_needed_for_five_points_follow_from_the_same_bound() -> None:
    # (1.645 x .5 / .05)^2 = 270.6, so 271; with 80 % power ((1.645 x .5 + .8416 x .4975) / .05)^2 = 616.2.
    found = sizing(divided(100), [HALF])[0]
    assert (found.needed, found.needed_surely) == (271, 617)
    assert not found.enough
    assert sizing(divided(271), [HALF])[0].enough


def test_items_in_groups_are_worth_as_many_as_there_are_groups_in_the_worst_case() -> None:
    found = sizing(divided(100, per_group=4), [HALF])[0]
    assert (found.groups, found.independent) == (25, 25.0)
    assert found.needed == pytest.approx(4 * 271, abs=4)


def test_each_segment_and_part_is_judged_by_its_own_items() -> None:
    edge = Target("task_success", minimum=0.5, segment="edge")
    found = sizing(divided(10), [edge, Target("latency_p95_ms", maximum=100)])
    assert [(one.part, one.target, one.items) for one in found] == [
        ("dev", "task_success[edge]", 0),
        ("sealed", "task_success[edge]", 0),
    ]
    assert isinstance(found[0].smallest, Missing)
    assert "edge" in found[0].smallest.because


def test_a_target_of_everything_right_is_bounded_too() -> None:
    found = sizing(divided(10), [Target("task_success", minimum=1.0)])[0]
    assert isinstance(found.smallest, Estimate)
    assert found.smallest.value == 0.0
