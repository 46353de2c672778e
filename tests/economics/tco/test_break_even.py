from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rung.economics.tco.break_even import break_evens
from rung.economics.tco.formula import Ceiling, Driven
from rung.economics.tco.simulate import simulate
from rung.estimate import Estimate, Missing

VOLUME = Driven("requests_per_month")


def test_a_machine_pays_from_the_published_volume_on(hand: Any) -> None:
    # 2.50 USD an hour against 0.004 USD a request: 625 requests an hour, 730 hours a month.
    (found,) = break_evens(simulate(hand.calls_and_machines(), draws=20), [("calls", "machine")])
    assert isinstance(found.requests_per_month, Estimate)
    assert found.requests_per_month.value / 730 == pytest.approx(625, rel=1e-4)
    assert found.no_crossing == 0.0
    assert found.because.startswith("machine costs less than calls above it in every draw")


def test_a_pair_is_told_in_the_order_in_which_it_crosses(hand: Any) -> None:
    simulation = simulate(hand.calls_and_machines(), draws=20)
    assert break_evens(simulation, [("machine", "calls")]) == break_evens(simulation, [("calls", "machine")])


def test_where_nothing_crosses_it_is_said_who_is_cheaper(hand: Any) -> None:
    drivers = [hand.driver("requests_per_month", 1e5, 1e5, 1e5)]
    case = hand.case(drivers, hand.model("dear", VOLUME * 0.2 + 1.0), hand.model("cheap", VOLUME * 0.1 + 0.5))
    for pair, said in (
        (("dear", "cheap"), "cheap costs less at every volume in 100% of the draws"),
        (("cheap", "dear"), "cheap costs no more at the highest volume in 100% of the draws"),
    ):
        (found,) = break_evens(simulate(case, draws=20), [pair])
        assert isinstance(found.requests_per_month, Missing)
        assert found.no_crossing == 1.0
        assert found.because.startswith(said)


def test_an_uncertain_price_gives_a_distribution_and_the_share_that_never_crosses(hand: Any) -> None:
    # A machine of 0.001 USD a request of its own; calls cost 0 to 0.004, so those below 0.001 never lose.
    drivers = [hand.driver("requests_per_month", 1e5, 1e5, 1e5), hand.driver("call", 0.0, 0.002, 0.004)]
    case = hand.case(
        drivers, hand.model("calls", VOLUME * Driven("call")), hand.model("machine", VOLUME * 0.001 + 1000.0)
    )
    simulation = simulate(case, draws=1000)
    (found,) = break_evens(simulation, [("calls", "machine")])
    calls = simulation.drivers["call"]
    crossing = sorted(1000.0 / (one - 0.001) for one in calls if 1000.0 / max(one - 0.001, 1e-12) < 1e9)
    assert found.no_crossing == pytest.approx(1 - len(crossing) / 1000)
    assert isinstance(found.requests_per_month, Estimate)
    middle = (crossing[len(crossing) // 2] + crossing[(len(crossing) - 1) // 2]) / 2
    assert found.requests_per_month.value == pytest.approx(middle, rel=1e-3)
    assert found.requests_per_month.low is not None
    assert found.requests_per_month.low < middle


def test_of_several_changes_of_place_the_last_counts(hand: Any) -> None:
    # Machines of 1,000 USD for each 10,000 requests against 0.15 USD a request and 500 USD: each new machine makes the
    # second dearer again for a while, until its share is carried.
    drivers = [hand.driver("requests_per_month", 1e5, 1e5, 1e5)]
    case = hand.case(
        drivers,
        hand.model("calls", VOLUME * 0.15 + 500.0),
        hand.model("machine", Ceiling(VOLUME / 10_000.0, 1) * 1000.0),
    )
    (found,) = break_evens(simulate(case, draws=3), [("calls", "machine")])

    def machine_wins(volume: float) -> bool:
        return -(-volume // 10_000) * 1000 < volume * 0.15 + 500

    last_loss = max(volume for volume in range(1, 200_000) if not machine_wins(volume))
    assert isinstance(found.requests_per_month, Estimate)
    assert found.requests_per_month.value == pytest.approx(last_loss, rel=0.01)


def test_strategies_that_read_no_volume_have_no_break_even(hand: Any) -> None:
    case = hand.case([hand.driver("a", 1, 2, 3)], hand.model("x", Driven("a")), hand.model("y", Driven("a") * 2))
    assert break_evens(simulate(case, draws=5), [("x", "y")]) == ()


def test_no_loss_of_more_than_a_few_percent_of_the_volume_is_passed_over(hand: Any) -> None:
    # Ten or so machines: each further one makes the second dearer again for a shorter and shorter while.
    drivers = [hand.driver("requests_per_month", 1e5, 1e5, 1e5)]
    case = hand.case(
        drivers, hand.model("calls", VOLUME * 0.106), hand.model("machine", Ceiling(VOLUME / 10_000.0, 1) * 1000.0)
    )
    (found,) = break_evens(simulate(case, draws=3), [("calls", "machine")])
    assert isinstance(found.requests_per_month, Estimate)
    at = found.requests_per_month.value
    # The k-th machine comes with 10,000 (k - 1) requests; 1,000 k USD are carried from 1,000 k / 0.106 requests on.
    losses = [(10_000 * (k - 1), 1000 * k / 0.106) for k in range(1, 18)]
    assert min(abs(at / end - 1) for _, end in losses) < 1e-4
    assert max(end / start for start, end in losses if start > at) < 1.04


def test_a_tenth_of_a_percent_is_not_told_as_none(hand: Any) -> None:
    drivers = [hand.driver("requests_per_month", 1e5, 1e5, 1e5), hand.driver("call", 0.0, 0.5, 1.0)]
    case = hand.case(
        drivers, hand.model("calls", VOLUME * Driven("call")), hand.model("machine", VOLUME * 0.1 + 1000.0)
    )
    simulation = simulate(
        case, drivers={"requests_per_month": np.full(1000, 1e5), "call": np.r_[0.05, np.full(999, 1.0)]}
    )
    (found,) = break_evens(simulation, [("calls", "machine")])
    assert found.no_crossing == pytest.approx(0.001)
    assert "calls costs no more at the highest volume in under 1% of the draws" in found.because
