from __future__ import annotations

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.learning.training_plan import TrainingPlan


def plan(steps: int, warmup: int, schedule: Literal["linear", "cosine"] = "linear", rate: float = 1e-3) -> TrainingPlan:
    return TrainingPlan(steps=steps, learning_rate=rate, warmup_steps=warmup, seed=0, save_every=1, schedule=schedule)


def test_linear_rates_are_those_worked_out_by_hand() -> None:
    made = plan(6, 2, rate=8.0)
    assert [made.learning_rate_at(step) for step in range(6)] == [4.0, 8.0, 8.0, 6.0, 4.0, 2.0]


def test_cosine_is_at_half_height_half_way_down() -> None:
    made = plan(10, 0, "cosine", 1.0)
    assert made.learning_rate_at(5) == pytest.approx(0.5)
    assert made.learning_rate_at(0) == 1.0


@given(
    steps=st.integers(1, 300),
    share=st.floats(0, 1),
    schedule=st.sampled_from(["linear", "cosine"]),
)
def test_every_step_has_a_positive_rate_that_climbs_and_then_falls(
    steps: int, share: float, schedule: Literal["linear", "cosine"]
) -> None:
    warmup = int(share * steps)
    rates = [plan(steps, warmup, schedule).learning_rate_at(step) for step in range(steps)]
    assert all(0 < rate <= 1e-3 * (1 + 1e-12) for rate in rates)
    assert all(earlier < later for earlier, later in pairwise(rates[:warmup]))
    falling = rates[warmup:]
    assert all(earlier > later for earlier, later in pairwise(falling))


@pytest.mark.parametrize(("steps", "warmup", "rate"), [(0, 0, 1.0), (3, 4, 1.0), (3, -1, 1.0), (3, 1, 0.0)])
def test_a_plan_that_cannot_be_is_refused(steps: int, warmup: int, rate: float) -> None:
    with pytest.raises(ValueError, match="a plan needs"):
        plan(steps, warmup, rate=rate)
