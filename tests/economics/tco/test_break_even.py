from __future__ import annotations

from typing import Any

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


def test_the_other_way_round_nothing_crosses(hand: Any) -> None:
    (found,) = break_evens(simulate(hand.calls_and_machines(), draws=20), [("machine", "calls")])
    assert isinstance(found.requests_per_month, Missing)
    assert found.no_crossing == 1.0
    assert "machine costs no more at the highest volume in 100%" in found.because


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
