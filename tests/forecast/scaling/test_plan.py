"""The grid of small runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rung.forecast.scaling import ScalingRun, planned_runs
from rung.forecast.scaling.plan import MOST_TOKENS, SHAPES
from rung.forecast.scaling.support import SMALLEST_TEXT, too_little


@given(st.integers(SMALLEST_TEXT, 10**9))
def test_a_finished_grid_supports_a_law_whatever_the_text(distinct: int) -> None:
    runs = [ScalingRun(one.name, one.shape.parameters, 0, one.tokens, distinct, 1.0) for one in planned_runs(distinct)]
    assert too_little(runs, planned=len(runs)) == ()


@given(st.integers(SMALLEST_TEXT, 10**9))
def test_runs_come_cheapest_first_and_none_reads_more_than_it_may(distinct: int) -> None:
    plan = planned_runs(distinct)
    assert [one.flops for one in plan] == sorted(one.flops for one in plan)
    assert max(one.tokens for one in plan) <= MOST_TOKENS * 1.01
    assert min(one.steps for one in plan) >= 100


def test_sizes_run_from_a_twentieth_of_a_million_to_a_million() -> None:
    sizes = [shape.parameters for shape in SHAPES]
    assert 50_000 < sizes[0] < 60_000
    assert 950_000 < sizes[-1] < 1_050_000
    assert sizes == sorted(sizes)
    assert all(shape.width % shape.heads == 0 for shape in SHAPES)


def test_larger_models_learn_at_a_lower_rate() -> None:
    rates = {one.shape.parameters: one.learning_rate for one in planned_runs(10**6)}
    in_order = [rates[size] for size in sorted(rates)]
    assert in_order == sorted(in_order, reverse=True)
