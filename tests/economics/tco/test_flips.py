from __future__ import annotations

from typing import Any

import pytest

from rung.economics.tco.flips import flip_thresholds
from rung.economics.tco.formula import Driven
from rung.economics.tco.simulate import simulate
from rung.economics.tco.tornado import lead_bars, total_bars
from rung.estimate import Estimate, Missing


def test_a_price_flips_the_choice_where_the_hand_says(hand: Any) -> None:
    # At 100,000 requests calls cost 400 USD and the machine 1,825: the machine wins below 400 / 730 USD an hour,
    # or above 1,825 / 100,000 USD a call, or above 456,250 requests.
    best, flips = flip_thresholds(hand.calls_and_machines(), ["calls", "machine"], "cost")
    assert best == "calls"
    found = {one.driver: one for one in flips}
    at = {name: one.at.value for name, one in found.items() if isinstance(one.at, Estimate)}
    assert at == pytest.approx({"price": 400 / 730, "call": 0.01825, "requests_per_month": 456_250}, rel=1e-4)
    assert [found[name].side for name in ("price", "call", "requests_per_month")] == ["below", "above", "above"]
    assert all(one.to_strategy == "machine" for one in flips)
    assert "machine is better than calls when call is above 0.01825 USD" in found["call"].because


def test_a_threshold_within_the_range_is_told_first(hand: Any) -> None:
    drivers = [hand.driver("a", 1, 2, 9), hand.driver("b", 5.0, 5.0, 5.0)]
    case = hand.case(drivers, hand.model("x", Driven("a")), hand.model("y", Driven("b")))
    _, flips = flip_thresholds(case, ["x", "y"], "cost")
    assert [(one.driver, one.within_range) for one in flips] == [("a", True), ("b", False)]


def test_a_driver_may_flip_the_choice_on_both_sides(hand: Any) -> None:
    drivers = [hand.driver("a", 8, 10, 12)]
    square = Driven("a") * Driven("a")
    case = hand.case(drivers, hand.model("x", square * 0.0 + 30.0), hand.model("y", Driven("a") * 13.0 - square))
    # y costs 30 at a = 3 and at a = 10: dearer between them, cheaper outside; at the mean of 10 they cost the same.
    best, flips = flip_thresholds(case, ["x", "y"], "cost")
    assert best == "x"
    found = {one.side: one.at.value for one in flips if isinstance(one.at, Estimate)}
    assert found["below"] == pytest.approx(3.0, rel=1e-3)


def test_what_flips_nothing_is_said_with_the_range_that_was_searched(hand: Any) -> None:
    drivers = [hand.driver("a", 1, 1, 1), hand.driver("share", 0.5, 0.5, 0.5, most=1.0)]
    case = hand.case(drivers, hand.model("x", Driven("a")), hand.model("y", Driven("a") * (1.0 + Driven("share"))))
    _, flips = flip_thresholds(case, ["x", "y"], "cost")
    assert all(isinstance(one.at, Missing) and one.to_strategy == "" for one in flips)
    said = {one.driver: one.because for one in flips}
    assert "anywhere from 0.1 to 10 USD" in said["a"]
    assert "anywhere from 0.05 to 1 USD" in said["share"]  # a share cannot be above 1


def test_one_strategy_flips_nothing(hand: Any) -> None:
    case = hand.calls_and_machines()
    assert flip_thresholds(case, ["calls"], "cost") == ("calls", ())
    assert flip_thresholds(case, [], "cost") == (None, ())


def test_a_tornado_has_the_ends_that_the_hand_works_out(hand: Any) -> None:
    # Percentiles: P5 2, P50 6, P95 10, so P10 and P90 are 6 -+ 4 x 1.2816 / 1.6449.
    drivers = [hand.driver("a", 2, 6, 10, "p5_p95"), hand.driver("b", 1, 1, 1), hand.driver("idle", 1, 2, 3)]
    case = hand.case(drivers, hand.model("x", Driven("a") * Driven("b") * 10.0), hand.model("y", Driven("idle")))
    (bar,) = total_bars(case, "x")
    assert (bar.driver, bar.usd_base, bar.against) == ("a", 60.0, "")
    assert (bar.usd_at_low, bar.usd_at_high) == pytest.approx((60 - 31.166, 60 + 31.166), abs=1e-3)


def test_the_lead_is_what_one_strategy_saves_over_the_other(hand: Any) -> None:
    drivers = [hand.driver("a", 2, 6, 10, "p5_p95"), hand.driver("b", 1, 2, 3)]
    case = hand.case(drivers, hand.model("x", Driven("a")), hand.model("y", Driven("a") * 2.0 + Driven("b")))
    bars = {one.driver: one for one in lead_bars(case, "x", "y", "cost")}
    assert bars["a"].usd_base == pytest.approx(8.0)
    assert bars["a"].usd_at_high - bars["a"].usd_at_low == pytest.approx(2 * 3.1166, abs=1e-3)
    assert bars["b"].against == "y"
    assert list(bars) == ["a", "b"]


def test_the_mean_of_a_driver_is_the_mean_of_its_draws(hand: Any) -> None:
    for one in (hand.driver("a", 1, 2, 9), hand.driver("a", 1, 2, 9, "p5_p95")):
        drawn = simulate(hand.case([one], hand.model("x", Driven("a"))), draws=100_000).drivers["a"]
        assert one.mean == pytest.approx(drawn.mean(), rel=0.01)
