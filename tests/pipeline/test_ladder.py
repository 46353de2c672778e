from __future__ import annotations

import pytest

from rung.estimate import Estimate, Missing
from rung.evaluate.run import Row, Run
from rung.pipeline.ladder import metered_usd_per_request
from rung.task.example import Example
from rung.task.protocols import Prediction


def run_of(*costs_usd: float | None) -> Run:
    rows = tuple(
        Row(Example(str(n), f"text {n}", "a", f"g{n}"), Prediction("a", cost_usd=cost), success=True)
        for n, cost in enumerate(costs_usd)
    )
    return Run("run", "zero-shot", "dev", rows, None, None, 0)


def test_the_cost_of_a_call_is_the_mean_over_the_rows() -> None:
    found = metered_usd_per_request(run_of(0.001, 0.002, 0.003))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(0.002)
    # s / sqrt(n) = .001 / sqrt(3), and Student's t at 0.95 with 2 degrees of freedom is 2.920.
    assert found.high == pytest.approx(0.002 + 2.920 * 0.001 / 3**0.5, rel=1e-3)


@pytest.mark.parametrize("costs", [(0.001, None, 0.003), (None, None)])
def test_calls_of_unknown_cost_are_unknown_and_never_free(costs: tuple[float | None, ...]) -> None:
    assert isinstance(metered_usd_per_request(run_of(*costs)), Missing)
