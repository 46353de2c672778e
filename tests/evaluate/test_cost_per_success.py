from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evaluate.cost_per_success import cost_per_success
from rung.evaluate.run import Row
from rung.stats import fieller
from rung.task.example import Example
from rung.task.protocols import Failure, Prediction
from rung.task.task import DataPaths, Flow, Prices, Task

WEB = Flow("web", correction_minutes=4, corrected_share_of_failures=0.6, edited_share_of_successes=0.02)
TASK = Task(
    "tickets",
    "classify",
    Path(),
    DataPaths(Path("examples.jsonl")),
    flows=(WEB,),
    prices=Prices(wage_usd_per_hour=30),
)
MACHINE = Estimate(0.01, 0.005, 0.02, "USD", None, Provenance.MODELLED, "machine hours")
SOURCE = "run abc, dev"


def row(number: int, *, success: bool, cost: float | None = None, failure: Failure | None = None) -> Row:
    prediction = Prediction("yes" if success else "", cost_usd=cost, failure=failure)
    return Row(Example(f"i{number}", "text", "yes", f"g{number}"), prediction, success)


def told(rows: list[Row], task: Task = TASK, per_request: Figure = MACHINE) -> Estimate:
    cost = cost_per_success(rows, task, per_request, SOURCE)
    assert isinstance(cost, Estimate), cost
    return cost


def gap(rows: list[Row], task: Task = TASK, per_request: Figure = MACHINE) -> Missing:
    cost = cost_per_success(rows, task, per_request, SOURCE)
    assert isinstance(cost, Missing), cost
    return cost


def test_all_cost_is_divided_by_accepted_outcomes_as_on_paper() -> None:
    """8 of 10 accepted. Failure: .6 x 4/60 h x 30 USD = 1.20; success: .02 x 4/60 x 30 = 0.04; machine .01 each."""
    rows = [row(number, success=number < 8) for number in range(10)]
    assert told(rows).value == pytest.approx((2 * 1.20 + 8 * 0.04 + 10 * 0.01) / 8)


def test_metered_calls_are_added_row_by_row() -> None:
    rows = [row(number, success=number < 8, cost=0.1 * number) for number in range(10)]
    free = [row(number, success=number < 8) for number in range(10)]
    assert told(rows).value - told(free).value == pytest.approx(0.1 * 45 / 8)


def test_the_interval_is_fiellers_widened_by_what_is_unknown_of_the_machine() -> None:
    rows = [row(number, success=number % 5 > 0) for number in range(60)]
    success = np.array([one.success for one in rows], dtype=float)
    labour = np.where(success == 1, 0.04, 1.20)
    cost = told(rows)
    assert cost.low == pytest.approx(fieller(labour + 0.005, success, level=0.90).low)
    assert cost.high == pytest.approx(fieller(labour + 0.02, success, level=0.90).high)


def test_a_machine_cost_without_an_upper_end_leaves_none() -> None:
    rows = [row(number, success=number % 5 > 0) for number in range(60)]
    cost = told(rows, per_request=replace(MACHINE, high=None, note="the peak is unknown"))
    assert cost.high is None
    assert cost.low is not None
    assert "the peak is unknown" in cost.note


def test_the_cost_is_never_more_certain_than_its_weakest_input() -> None:
    rows = [row(1, success=True), row(2, success=False)]
    assert told(rows).provenance is Provenance.ASSUMED  # shares and wage are the team's statements
    published = exact(0.01, "USD", Provenance.DIRECTIONAL, "a price list")
    cost = told(rows, per_request=published)
    assert cost.provenance is Provenance.DIRECTIONAL
    for part in (SOURCE, "a price list", "flows web", "prices.wage_usd_per_hour"):
        assert part in cost.source


def test_everything_that_is_missing_is_named_at_once() -> None:
    task = replace(TASK, flows=(replace(WEB, correction_minutes=None),), prices=Prices())
    machine = Missing("the price of a machine hour is unknown", "set prices.machine_usd_per_hour in rung.yaml")
    unknown = gap([row(1, success=True)], task, machine)
    for key in ("flows[web].correction_minutes", "prices.wage_usd_per_hour"):
        assert key in unknown.because
        assert key in unknown.remedy
    assert "machine hour" in unknown.because
    assert "machine_usd_per_hour" in unknown.remedy


def test_some_answers_without_a_metered_cost_are_unknown_not_free() -> None:
    rows = [row(1, success=True, cost=0.2), row(2, success=True), row(3, success=True, cost=0.1)]
    assert "1 of 3 answers" in gap(rows).because


def test_a_call_that_failed_at_the_endpoint_is_not_billed() -> None:
    rows = [row(1, success=True, cost=0.2), row(2, success=False, failure="endpoint_error")]
    assert told(rows).value == pytest.approx(0.2 + 0.04 + 1.20 + 2 * 0.01)


def test_no_accepted_outcome_means_no_cost_of_one() -> None:
    assert "none of 3 outcomes" in gap([row(number, success=False) for number in range(3)]).because
