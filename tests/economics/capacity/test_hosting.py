"""Where one's own GPUs pass below the meter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.economics.capacity.hosting import break_even, crossing, crossing_draws, metered_hosting
from rung.economics.capacity.metered import TokenPrices, spread, usd_per_request
from rung.economics.capacity.serving import ServingDraws
from rung.estimate import Estimate, Missing, Provenance, exact

MILLION = "USD/million tokens"


def price(usd: float, unit: str = "USD/request") -> Estimate:
    return exact(usd, unit, Provenance.ASSUMED, "planted")


def test_two_dollars_fifty_an_hour_against_four_tenths_of_a_cent_cross_at_625() -> None:
    assert break_even(2.50, 0.004) == pytest.approx(625.0)
    draws = ServingDraws(np.ones(10), np.full(10, 1e9), np.full(10, 2.50 * 730))
    found = crossing("api", draws, price(0.004), 1)
    assert isinstance(found.first, Estimate)
    assert found.first.value / 730 == pytest.approx(625.0)
    assert found.first.low == found.first.high == pytest.approx(625.0 * 730)
    assert isinstance(found.no_crossing, Estimate)
    assert found.no_crossing.value == 0.0


def staircase(volume: float, usd: float, carries: float, least: int) -> float:
    return max(float(np.ceil(volume / carries - 1e-9)), least) * usd


@given(st.floats(10, 1000), st.floats(1e3, 1e6), st.floats(1e-4, 1.0), st.integers(1, 4))
def test_the_crossings_are_those_of_the_staircase(usd: float, carries: float, meter: float, least: int) -> None:
    first, for_good = (
        float(one[0]) for one in crossing_draws(np.array([usd]), np.array([carries]), np.array([meter]), least)
    )
    volumes = np.linspace(1.0, carries * (least + 40), 400)
    cheaper = np.array([staircase(v, usd, carries, least) <= v * meter * (1 + 1e-9) for v in volumes])
    if np.isinf(first):
        assert not cheaper.any()
        return
    assert not cheaper[volumes < first * (1 - 1e-6)].any()
    assert cheaper[volumes > for_good * (1 + 1e-6)].all()
    assert first <= for_good


def test_a_meter_below_the_best_that_a_copy_can_do_is_never_crossed() -> None:
    draws = ServingDraws(np.ones(100), np.full(100, 1000.0), np.full(100, 500.0))
    found = crossing("api", draws, price(0.4), 2)
    assert isinstance(found.first, Missing)
    assert isinstance(found.no_crossing, Estimate)
    assert found.no_crossing.value == 1.0


def test_where_a_fifth_of_the_draws_never_cross_there_is_no_upper_end() -> None:
    carries = np.where(np.arange(1000) < 200, 100.0, 1e6)
    draws = ServingDraws(np.ones(1000), carries, np.full(1000, 500.0))
    found = crossing("api", draws, price(0.4), 1)
    assert isinstance(found.first, Estimate)
    assert found.first.value == pytest.approx(1250.0)
    assert found.first.high is None
    assert isinstance(found.no_crossing, Estimate)
    assert found.no_crossing.value == pytest.approx(0.2)


def test_cached_tokens_are_a_part_of_the_input() -> None:
    prices = TokenPrices("p", "m", price(2.0, MILLION), price(0.5, MILLION), price(8.0, MILLION))
    found = usd_per_request(prices, 1000, 100, cached_input_tokens=400)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx((600 * 2.0 + 400 * 0.5 + 100 * 8.0) / 1e6)
    with pytest.raises(ValueError, match="no part of"):
        usd_per_request(prices, 1000, 100, cached_input_tokens=1001)


def test_a_missing_price_is_missing_only_where_it_is_needed() -> None:
    prices = TokenPrices("p", "m", price(2.0, MILLION), Missing("unknown"), price(8.0, MILLION))
    assert isinstance(usd_per_request(prices, 1000, 100), Estimate)
    assert isinstance(usd_per_request(prices, 1000, 100, cached_input_tokens=1), Missing)


def test_several_hosts_are_the_middle_one_between_cheapest_and_dearest() -> None:
    found = spread((price(3.0), price(1.0), price(2.0)))
    assert (found.low, found.value, found.high) == (1.0, 2.0, 3.0)


def test_a_month_of_a_meter_grows_with_the_requests() -> None:
    found = metered_hosting("api", price(0.002), 5000)
    assert isinstance(found.usd_per_month, Estimate)
    assert found.usd_per_month.value == pytest.approx(10.0)
    gap = metered_hosting("api", Missing("unknown"), 5000)
    assert isinstance(gap.usd_per_month, Missing)
