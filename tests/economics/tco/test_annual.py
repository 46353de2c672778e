from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.economics import SharedFacts, StrategyFacts, annual_costs, cost_case, simulate
from rung.economics.costs import AnnualCost
from rung.economics.tco.annual import provenance_of
from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Driven, Growth
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.task.task import Flow, Lifecycle, Prices


def price(planted: Any, family: str = "pretrained", **changes: Any) -> AnnualCost:
    of = changes.pop("of", planted.task())
    name = changes.pop("name", family)
    facts = {"metrics": planted.metrics(), "latency": planted.latency(), "fit_seconds": 120.0}
    one = StrategyFacts(planted.card(name, family, **changes.pop("card", {})), **{**facts, **changes})
    return annual_costs(simulate(cost_case(of, [one], SharedFacts(eval_items=400))))[name]


@pytest.mark.parametrize("family", ["pretrained", "classical", "fine_tuned", "from_scratch"])
def test_the_lines_add_up_to_the_total_exactly(planted: Any, family: str) -> None:
    cost = price(planted, family)
    assert isinstance(cost.total_usd, Estimate)
    assert cost.total_usd.value == fsum(item.usd.value for item in cost.items if isinstance(item.usd, Estimate))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6)).map(sorted), min_size=1, max_size=6),
    st.integers(1, 24),
    st.floats(-0.2, 0.2),
    st.integers(1, 60),
)
def test_any_lines_add_up_over_any_horizon(ranges: list[list[float]], months: int, growth: float, draws: int) -> None:
    drivers = [
        Driver(f"d{number}", "", "USD", low, mode, high, Provenance.ASSUMED, "planted")
        for number, (low, mode, high) in enumerate(ranges)
    ]
    drivers.append(Driver("growth", "", "share", growth, growth, growth, Provenance.ASSUMED, "planted", least=-1.0))
    lines = tuple(
        CostLine(
            f"line {number}",
            "once" if number % 3 == 2 else "monthly",
            Driven(f"d{number}") * Growth(Driven("growth")),
            "",
        )
        for number in range(len(ranges))
    )  # fmt: skip
    case = CostCase(tuple(drivers), (CostModel("a", lines, Driven("d0"), Driven("d0")),), months, 7)
    cost = annual_costs(simulate(case, draws=draws))["a"]
    assert isinstance(cost.total_usd, Estimate)
    assert cost.total_usd.value == fsum(item.usd.value for item in cost.items if isinstance(item.usd, Estimate))
    by_month = [figure.value for figure in cost.monthly_usd if isinstance(figure, Estimate)]
    assert len(by_month) == months
    assert fsum(by_month) == pytest.approx(cost.total_usd.value, rel=1e-9, abs=1e-6)


def test_the_total_is_the_median_of_the_draws_within_its_own_smoothing(planted: Any) -> None:
    cost = price(planted, "fine_tuned")
    assert isinstance(cost.total_usd, Estimate)
    assert isinstance(cost.p90_usd, Estimate)
    low, middle, p90, high = np.percentile(cost.draws_usd, [5, 50, 90, 95])
    assert cost.total_usd.value == pytest.approx(middle, rel=0.005)
    assert (cost.total_usd.low, cost.total_usd.high) == pytest.approx((low, high))
    assert cost.p90_usd.value == pytest.approx(p90)


def test_the_first_month_pays_what_is_paid_once(planted: Any) -> None:
    cost = price(planted)
    first, second = cost.monthly_usd[0], cost.monthly_usd[1]
    build = next(item.usd for item in cost.items if item.name == "build and integration")
    assert isinstance(first, Estimate)
    assert isinstance(second, Estimate)
    assert isinstance(build, Estimate)
    assert first.value - second.value == pytest.approx(build.value)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"flows": ()}, "flows[].requests_per_month"),
        ({"flows": (Flow("web", None), Flow("app", 10))}, "'web'"),
        ({"flows": (Flow("web", 0),)}, "above 0"),
        ({"flows": (Flow("web", 10, 1.0, None, 0.5, 0.1),)}, "correction_minutes"),
        ({"flows": (Flow("web", 10, 1.0, 1.0, None, 0.1),)}, "corrected_share_of_failures"),
        ({"flows": (Flow("web", 10, 1.0, 1.0, 0.5, None),)}, "edited_share_of_successes"),
        ({"prices": Prices(None, 0.1)}, "prices.wage_usd_per_hour"),
        ({"prices": Prices(30, None)}, "prices.machine_usd_per_hour"),
        ({"lifecycle": Lifecycle(None, 90, "x")}, "lifecycle.annotation_usd"),
        ({"lifecycle": Lifecycle(8000, None, "x")}, "lifecycle.retrain_every_days"),
    ],
)
def test_an_unknown_input_makes_the_total_missing_and_is_named(planted: Any, changes: dict[str, Any], key: str) -> None:
    cost = price(planted, "fine_tuned", of=planted.task(**changes))
    assert isinstance(cost.total_usd, Missing)
    assert isinstance(cost.p90_usd, Missing)
    assert isinstance(cost.cost_per_success_usd, Missing)
    assert key in cost.total_usd.remedy
    assert key in cost.cost_per_success_usd.remedy
    assert cost.unknown
    assert cost.draws_usd == ()
    assert cost.monthly_usd == ()


def test_a_strategy_that_was_not_run_says_how_to_run_it(planted: Any) -> None:
    cost = price(planted, "fine_tuned", metrics=None, fit_seconds=None, latency=None, name="lora")
    assert isinstance(cost.total_usd, Missing)
    assert "rung run lora" in cost.total_usd.remedy
    assert isinstance(cost.accepted, Missing)
    assert cost.machines is None


def test_every_figure_says_how_well_it_is_known(planted: Any) -> None:
    cost = price(planted)
    assert isinstance(cost.total_usd, Estimate)
    assert cost.total_usd.provenance is Provenance.ASSUMED
    for item in cost.items:
        assert item.how
        assert isinstance(item.usd, Estimate)
        assert item.usd.source


def test_a_derived_figure_is_as_well_known_as_the_worst_of_its_drivers() -> None:
    known = [
        Driver(name, "", "USD", 1, 1, 1, provenance, "planted")
        for name, provenance in (("a", Provenance.VALIDATED), ("b", Provenance.MEASURED), ("c", Provenance.ASSUMED))
    ]
    lines = (
        CostLine("good", "once", Driven("a") * Driven("b"), ""),
        CostLine("poor", "monthly", Driven("a") * Driven("c"), ""),
    )
    case = CostCase(tuple(known), (CostModel("s", lines, Driven("a"), Driven("a")),), 1, 0)
    cost = annual_costs(simulate(case, draws=10))["s"]
    found = [item.usd.provenance for item in cost.items if isinstance(item.usd, Estimate)]
    assert found == [Provenance.MEASURED, Provenance.ASSUMED]
    assert isinstance(cost.total_usd, Estimate)
    assert isinstance(cost.accepted, Estimate)
    assert cost.total_usd.provenance is Provenance.ASSUMED
    assert cost.accepted.provenance is Provenance.VALIDATED
    assert provenance_of([], case) is Provenance.ASSUMED


def test_a_strategy_costs_the_same_whichever_others_are_priced_and_again(planted: Any) -> None:
    one, other = (
        StrategyFacts(planted.card(name, family), planted.metrics(), planted.latency(), 120.0)
        for name, family in (("lora", "fine_tuned"), ("own", "from_scratch"))
    )
    alone = annual_costs(simulate(cost_case(planted.task(), [one])))["lora"]
    beside = annual_costs(simulate(cost_case(planted.task(), [other, one])))["lora"]
    assert alone == beside


def test_shared_drivers_make_a_difference_between_strategies_narrower(planted: Any) -> None:
    facts = [
        StrategyFacts(planted.card(name), planted.metrics(), planted.latency(), 120.0) for name in ("first", "second")
    ]
    costs = annual_costs(simulate(cost_case(planted.task(), facts)))
    one, two = (np.array(costs[name].draws_usd) for name in ("first", "second"))
    assert np.corrcoef(one, two)[0, 1] > 0.2
    assert np.std(one - two) < np.sqrt(np.var(one) + np.var(two))


def success_case(low: float, mode: float, high: float) -> CostCase:
    drivers = (
        Driver("usd", "", "USD", 90, 90, 90, Provenance.ASSUMED, "planted"),
        Driver("success", "", "share", low, mode, high, Provenance.MEASURED, "planted", "p5_p95", most=1.0),
    )
    lines = (CostLine("all", "monthly", Driven("usd") + 0.0, ""),)
    return CostCase(drivers, (CostModel("s", lines, Driven("success") * 100.0, Missing("")),), 1, 0)


def test_cost_per_success_is_all_cost_over_accepted_outcomes() -> None:
    cost = annual_costs(simulate(success_case(0.5, 0.75, 0.9), draws=4000))["s"]
    assert isinstance(cost.cost_per_success_usd, Estimate)
    # 90 USD over 75 outcomes; the ends are at 90 and at 50 of them.
    assert cost.cost_per_success_usd.value == pytest.approx(1.2, rel=0.01)
    assert cost.cost_per_success_usd.low == pytest.approx(1.0, rel=0.02)
    assert cost.cost_per_success_usd.high == pytest.approx(1.8, rel=0.03)


def test_a_share_of_draws_without_success_leaves_no_upper_end_and_says_so() -> None:
    cost = annual_costs(simulate(success_case(0.0, 0.1, 0.2), draws=4000))["s"]
    some = annual_costs(simulate(replace(success_case(0.0, 0.04, 0.08), seed=3), draws=4000))["s"]
    for found in (cost, some):
        assert isinstance(found.cost_per_success_usd, Estimate)
        assert found.cost_per_success_usd.high is None
        assert "unbounded above" in found.cost_per_success_usd.note


def test_no_success_at_all_has_no_cost_per_success() -> None:
    cost = annual_costs(simulate(success_case(0.0, 0.0, 0.0), draws=50))["s"]
    assert isinstance(cost.cost_per_success_usd, Missing)
    assert "no outcome is accepted" in cost.cost_per_success_usd.because


def test_growth_and_decay_by_hand() -> None:
    # 100 requests growing by a tenth, 1 USD each and a fifth less every month: 100 + 110 x .8 + 121 x .64 = 265.44.
    drivers = tuple(
        Driver(name, "", "", value, value, value, Provenance.ASSUMED, "planted", least=-1.0)
        for name, value in (("volume", 100.0), ("growth", 0.1), ("decay", -0.2))
    )
    usd = Driven("volume") * Growth(Driven("growth")) * Growth(Driven("decay"))
    case = CostCase(drivers, (CostModel("s", (CostLine("calls", "monthly", usd, ""),), usd, usd),), 3, 0)
    cost = annual_costs(simulate(case, draws=3))["s"]
    assert isinstance(cost.total_usd, Estimate)
    assert cost.total_usd.value == pytest.approx(265.44)
    assert [figure.value for figure in cost.monthly_usd if isinstance(figure, Estimate)] == pytest.approx(
        [100, 88, 77.44]
    )


def test_a_metered_price_that_is_unknown_is_missing_and_never_free(planted: Any) -> None:
    cost = price(planted, calls_usd=Missing("nobody knows", "measure it"))
    assert isinstance(cost.total_usd, Missing)
    assert "measure it" in cost.total_usd.remedy
    known = price(planted, calls_usd=exact(0.002, "USD", Provenance.MEASURED, "rows"))
    assert isinstance(known.total_usd, Estimate)
