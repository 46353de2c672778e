from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.economics.fleet import cost_per_request, machines_needed
from rung.estimate import Estimate, Missing
from rung.task.task import Flow, Prices


def test_machines_are_whole_and_at_least_one() -> None:
    assert machines_needed(1, 1, 0.001) == 1


def test_machines_carry_the_peak_at_the_utilisation_cap() -> None:
    # 2,628,000 s a month: one request a second on average, 4 at peak, .5 s each is a load of 2; 2 / .65 = 3.08.
    assert machines_needed(2_628_000, 4.0, 0.5) == 4


@given(st.floats(1, 1e8), st.floats(1, 10), st.floats(1e-4, 10))
def test_the_peak_never_takes_more_than_the_cap_of_the_machines(volume: float, peak: float, seconds: float) -> None:
    machines = machines_needed(volume, peak, seconds)
    load = volume / 2_628_000 * peak * seconds
    assert load / machines <= 0.65 + 1e-9
    assert machines == 1 or load / (machines - 1) > 0.65 - 1e-9


def test_an_idle_machine_is_paid_all_month(planted: Any) -> None:
    # One machine: .10 x 730 h = 73 USD over 40,000 requests.
    figure = cost_per_request(planted.task(), planted.latency(), planted.card())
    assert isinstance(figure, Estimate)
    assert figure.value == pytest.approx(73 / 40_000)


def test_a_slow_model_needs_more_machines_at_a_steeper_peak(planted: Any) -> None:
    # 40,000 a month, 20 s each: .3044 busy on average; peaks of 2, 4 and 8 times that over .65 take .94, 1.87 and 3.75
    # machines: 1, 2 and 4.
    figure = cost_per_request(planted.task(), planted.latency(20_000), planted.card())
    assert isinstance(figure, Estimate)
    assert (figure.low, figure.value, figure.high) == pytest.approx((73 / 4e4, 146 / 4e4, 292 / 4e4))


def test_a_metered_model_pays_one_machine_however_slow_the_calls(planted: Any) -> None:
    figure = cost_per_request(planted.task(), planted.latency(60_000), planted.card(), metered=True)
    assert isinstance(figure, Estimate)
    assert figure.value == pytest.approx(73 / 40_000)


@pytest.mark.parametrize(
    ("changes", "timed", "key"),
    [
        ({"flows": ()}, True, "flows[].requests_per_month"),
        ({"flows": (Flow("web", None), Flow("app", 10))}, True, "'web'"),
        ({"flows": (Flow("web", 0),)}, True, "above 0"),
        ({"prices": Prices(30, None)}, True, "prices.machine_usd_per_hour"),
        ({}, False, "rung run prompt"),
    ],
)
def test_an_unknown_input_is_named_and_never_guessed(
    planted: Any, changes: dict[str, Any], timed: bool, key: str
) -> None:
    figure = cost_per_request(planted.task(**changes), planted.latency() if timed else None, planted.card())
    assert isinstance(figure, Missing)
    assert key in figure.remedy
