from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rung.economics import SharedFacts, StrategyFacts, annual_costs, cost_case, simulate
from rung.economics.tco.case import CostCase
from rung.errors import InvalidTask
from rung.estimate import Estimate, Provenance, exact
from rung.task.task import Constraints, Correlation, DriverChoice, Flow, Prices


def case(planted: Any, *choices: DriverChoice, **changes: Any) -> CostCase:
    facts = [
        StrategyFacts(planted.card("prompt"), planted.metrics(), planted.latency(), None),
        StrategyFacts(planted.card("lora", "fine_tuned"), planted.metrics(), planted.latency(), 120.0),
    ]
    return cost_case(planted.task(drivers=choices, **changes), facts, SharedFacts(eval_items=300))


def test_what_the_team_states_goes_before_evidence_and_assumption(planted: Any) -> None:
    stated = DriverChoice("task_success[lora]", 0.6, 0.7, 0.8, "p5_p95", "share", "pilot in spring", as_of="2026-05-01")
    one = case(planted, stated).driver("task_success[lora]")
    assert (one.low, one.mode, one.high, one.ends) == (0.6, 0.7, 0.8, "p5_p95")
    assert one.provenance is Provenance.ASSUMED
    assert (one.source, one.as_of) == ("drivers.task_success[lora] of rung.yaml (pilot in spring)", "2026-05-01")
    assert one.most == 1.0
    assert case(planted, stated).driver("task_success[prompt]").provenance is Provenance.MEASURED


def test_a_stated_driver_fills_what_was_not_measured(planted: Any) -> None:
    facts = StrategyFacts(planted.card("lora", "fine_tuned"))
    names = {"task_success[lora]": 0.8, "fit_hours[lora]": 2.0, "seconds_per_request[lora]": 0.1}
    of = planted.task(drivers=tuple(DriverChoice(name, value, value, value) for name, value in names.items()))
    year = annual_costs(simulate(cost_case(of, [facts])))["lora"]
    assert isinstance(year.total_usd, Estimate)
    assert isinstance(year.cost_per_success_usd, Estimate)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("peak_faktor", "drivers.peak_faktor: there is no such driver; nearest: peak_factor"),
        ("task_success", "drivers.task_success: no strategy here uses it; it is stated for each one: task_success"),
        ("task_success[lorra]", "no strategy here uses it; nearest: task_success[lora]"),
        ("usd_per_call[lora]", "drivers.usd_per_call[lora]: no strategy here uses it"),
        ("zzz", "there is no such driver; rung cost --drivers lists what is used"),
    ],
)
def test_a_name_that_nobody_reads_is_refused_with_the_nearest(planted: Any, name: str, said: str) -> None:
    with pytest.raises(InvalidTask) as caught:
        case(planted, DriverChoice(name, 1, 1, 1))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (("wage_usd_per_hour", 20, 30, 40, "EUR/hour"), "currency mix, EUR/hour where all money is in USD/hour"),
        (("wage_usd_per_hour", 20, 30, 40, "USD/week"), "the unit is USD/hour, got USD/week"),
        (("peak_factor", 2, 3, 4, "USD/hour"), "the unit is x mean arrivals, got USD/hour"),
        (("wage_usd_per_hour", -1, 30, 40, None), "-1 USD/hour is below the least there can be, 0: it cannot be neg"),
        (("task_success[lora]", 0.5, 0.9, 1.2, None), "1.2 share is above the most there can be, 1"),
        (("requests_per_month", 0, 0, 0, None), "without requests there is nothing to price"),
        (("utilisation_cap", 0, 0.5, 0.6, None), "below the least there can be, 0.05"),
        (("volume_growth_per_month", -1.5, 0, 0, None), "below the least there can be, -0.95"),
        (("retrain_every_days", 0.1, 30, 60, None), "below the least there can be, 1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_says_what_can(planted: Any, choice: Any, said: str) -> None:
    name, low, mode, high, unit = choice
    with pytest.raises(InvalidTask) as caught:
        case(planted, DriverChoice(name, low, mode, high, unit=unit))
    assert str(caught.value).startswith(f"drivers.{name}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("unit", ["USD/hour", "USD per hour", "usd / hour", " USD an hour ".replace("an", "a")])
def test_one_unit_may_be_spelt_in_several_ways(planted: Any, unit: str) -> None:
    assert (
        case(planted, DriverChoice("wage_usd_per_hour", 20, 30, 40, unit=unit)).driver("wage_usd_per_hour").mode == 30
    )


def test_growth_may_be_a_decline(planted: Any) -> None:
    assert case(planted, DriverChoice("volume_growth_per_month", -0.1, -0.05, 0.0)).drivers


def test_correlations_are_passed_on_and_wait_for_what_is_not_measured(planted: Any) -> None:
    joined = Correlation("requests_per_month", "task_success[lora]", 0.9)
    drawn = simulate(case(planted, correlations=(joined,)))
    first, second = (np.argsort(np.argsort(drawn.drivers[name])) for name in (joined.first, joined.second))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.9, abs=0.02)
    unmeasured = StrategyFacts(planted.card("lora", "fine_tuned"))
    waiting = cost_case(planted.task(correlations=(joined,)), [unmeasured])
    assert waiting.correlations == ()
    simulate(waiting, draws=5)


def test_a_correlation_of_a_driver_that_nobody_reads_is_refused(planted: Any) -> None:
    with pytest.raises(InvalidTask, match="correlations: peak: there is no such driver; nearest: peak_factor"):
        case(planted, correlations=(Correlation("requests_per_month", "peak", 0.5),))


def test_any_horizon_is_priced_and_named(planted: Any) -> None:
    for months in (1, 30):
        cost = annual_costs(simulate(case(planted, months=months)))["prompt"]
        assert cost.months == months
        assert len(cost.monthly_usd) == months
        assert isinstance(cost.total_usd, Estimate)
        assert f"{months} months" in cost.total_usd.source


def test_the_source_and_date_of_prices_stand_where_one_is_used(planted: Any) -> None:
    prices = Prices(30.0, None, {"H100": 2.5}, "quote of the cloud provider", "2026-10-01")
    found = case(planted, prices=prices, constraints=Constraints(audit="standard", machine="H100"))
    wage, machine = found.driver("wage_usd_per_hour"), found.driver("machine_usd_per_hour")
    assert wage.source == "prices.wage_usd_per_hour of rung.yaml (quote of the cloud provider, as of 2026-10-01)"
    assert machine.source.startswith("prices.gpu_usd_per_hour.H100 of rung.yaml (quote")
    assert machine.mode == 2.5
    assert (wage.as_of, machine.as_of) == ("2026-10-01", "2026-10-01")
    items = {item.name: item.usd for item in annual_costs(simulate(found, draws=20))["prompt"].items}
    for name in ("human correction", "serving machines"):
        figure = items[name]
        assert isinstance(figure, Estimate)
        assert "quote of the cloud provider" in figure.source


def test_a_flow_in_square_brackets_is_no_strategy(planted: Any) -> None:
    found = case(planted, flows=(Flow("web [eu]", 100, 1.0, 1.0, 0.5, 0.1),))
    one = found.driver("correction_minutes.web (eu)")
    assert one.strategy is None


def test_extreme_but_possible_values_stay_finite(planted: Any) -> None:
    choices = (
        DriverChoice("requests_per_month", 1, 1, 1e12), DriverChoice("peak_factor", 1, 1, 1000),
        DriverChoice("volume_growth_per_month", -0.9, 0, 1.0), DriverChoice("seconds_per_request[lora]", 0, 0, 3600),
        DriverChoice("task_success[lora]", 0, 0, 1),
    )  # fmt: skip
    cost = annual_costs(simulate(case(planted, *choices)))["lora"]
    for figure in (cost.total_usd, cost.p90_usd, cost.cost_per_success_usd, *cost.monthly_usd):
        assert isinstance(figure, Estimate)


def test_prices_of_a_call_may_be_stated(planted: Any) -> None:
    call = exact(0.01, "USD", Provenance.MEASURED, "rows")
    facts = StrategyFacts(planted.card("prompt"), planted.metrics(), planted.latency(), None, call)
    stated = (DriverChoice("usd_per_call[prompt]", 0.02, 0.02, 0.02),)
    found = cost_case(planted.task(drivers=stated), [facts], SharedFacts(eval_items=300))
    assert found.driver("usd_per_call[prompt]").mode == 0.02
