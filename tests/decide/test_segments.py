from __future__ import annotations

from typing import Any

import pytest

from rung.decide.segments import judge_segments
from rung.estimate import Missing


def states(build: Any, parts: dict[str, tuple[float, float]]) -> dict[str, str]:
    return {one.segment: one.state for one in judge_segments(build.comparison("new", "old", 0.1, 0.05, parts))}


@pytest.mark.parametrize(
    ("difference", "half", "state"),
    [
        (-0.20, 0.05, "worse"),
        (-0.06, 0.05, "undecided"),
        (0.00, 0.04, "kept"),
        (0.00, 0.06, "undecided"),
        (0.10, 0.05, "kept"),
        (-0.04, 0.005, "kept"),
    ],
)
def test_a_segment_is_worse_only_when_the_whole_interval_is_below_the_margin(
    build: Any, difference: float, half: float, state: str
) -> None:
    assert states(build, {"edge": (difference, half)}) == {"edge": state}


def test_holm_spares_a_loss_that_is_barely_shown_among_several(build: Any) -> None:
    # Upper end -.0501: one-sided p just under .05, which three segments multiply to .15.
    barely = (-0.1001, 0.05)
    assert states(build, {"edge": barely}) == {"edge": "worse"}
    among = states(build, {"edge": barely, "routine": (0.1, 0.05), "adversarial": (0.1, 0.05)})
    assert among["edge"] == "undecided"


def test_a_segment_that_could_not_be_compared_is_undecided(build: Any) -> None:
    comparison = build.comparison("new", "old", 0.1, 0.05, {"edge": (0.1, 0.05)})
    comparison.by_segment["edge"] = Missing("only two items")
    (only,) = judge_segments(comparison)
    assert only.state == "undecided"
    assert "only two items" in only.because
