from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rung.economics import NOTHING_SHARED, SharedFacts, StrategyFacts, all_cost_per_request, cost_case, simulate
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.task.task import Correlation, DriverChoice


def test_one_request_carries_all_but_what_the_rows_count(planted: Any) -> None:
    call = exact(0.002, "USD", Provenance.MEASURED, "rows")
    facts = StrategyFacts(planted.card("s"), planted.metrics(), planted.latency(), None, call)
    shared = SharedFacts(eval_items=300)
    stated = (
        DriverChoice("requests_per_month", 10_000, 10_000, 10_000),
        DriverChoice("volume_growth_per_month", 0.1, 0.1, 0.1),
    )
    of = planted.task(months=3, drivers=stated)
    figure = all_cost_per_request(of, facts, shared)
    drawn = simulate(cost_case(of, [facts], shared)).strategies["s"]
    left_out = ("human correction", "metered model calls")
    rest = np.sum([usd for name, usd in drawn.lines_usd.items() if name not in left_out], axis=0)
    assert isinstance(figure, Estimate)
    # 10,000 + 11,000 + 12,100 requests.
    assert figure.value == pytest.approx(float(np.median(rest)) / 33_100, rel=1e-6)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < figure.value < figure.high


@pytest.mark.parametrize(
    ("changes", "facts", "remedy"),
    [
        ({"flows": ()}, {}, "flows[].requests_per_month"),
        ({}, {"latency": None}, "rung run s"),
    ],
)
def test_what_is_missing_is_named(planted: Any, changes: Any, facts: Any, remedy: str) -> None:
    one = StrategyFacts(planted.card("s"), **{"latency": planted.latency(), **facts})
    figure = all_cost_per_request(planted.task(**changes), one, NOTHING_SHARED)
    assert isinstance(figure, Missing)
    assert remedy in figure.remedy


def test_corrections_need_not_be_known_for_it(planted: Any) -> None:
    one = StrategyFacts(planted.card("s"), None, planted.latency())
    assert isinstance(all_cost_per_request(planted.task(), one, NOTHING_SHARED), Estimate)


def test_what_is_stated_for_other_strategies_does_not_disturb_it(planted: Any) -> None:
    one = StrategyFacts(planted.card("s"), None, planted.latency())
    of = planted.task(
        drivers=(DriverChoice("fit_hours[lora]", 1, 2, 3),),
        correlations=(Correlation("fit_hours[lora]", "engineer_week_usd", 0.5),),
    )
    assert all_cost_per_request(of, one, NOTHING_SHARED) == all_cost_per_request(planted.task(), one, NOTHING_SHARED)
