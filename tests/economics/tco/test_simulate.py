from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Driven, Formula, Growth
from rung.economics.tco.simulate import monthly_usd, simulate
from rung.errors import RungError
from rung.estimate import Missing, Provenance


def driver(name: str, low: float, mode: float, high: float, least: float = 0.0) -> Driver:
    return Driver(name, name, "USD", low, mode, high, Provenance.ASSUMED, "test", least=least)


VOLUME: Formula = Driven("volume") * Growth(Driven("growth"))


def case(*extra: CostLine, price: float = 0.5) -> CostCase:
    drivers = (driver("volume", 80, 100, 140), driver("growth", 0.1, 0.1, 0.1), driver("price", price, price, price))
    lines = (
        CostLine("build", "once", Driven("price") * 1000, "price x 1,000"),
        CostLine("calls", "monthly", VOLUME * Driven("price"), "requests x price"),
        *extra,
    )
    return CostCase(drivers, (CostModel("a", lines, VOLUME * 0.8, VOLUME * 2),), 3, 0)


def test_a_year_is_what_the_hand_works_out() -> None:
    simulation = simulate(case(), drivers={"volume": np.array([100.0, 200.0])})
    one = simulation.strategies["a"]
    assert one.lines_usd["build"] == pytest.approx([500, 500])
    assert one.lines_usd["calls"] == pytest.approx([165.5, 331])  # 100 + 110 + 121 requests at 0.50
    assert one.total_usd == pytest.approx([665.5, 831])
    assert one.accepted == pytest.approx([264.8, 529.6])
    assert one.value_usd == pytest.approx([662, 1324])
    assert one.cost_per_success_usd == pytest.approx([665.5 / 264.8, 831 / 529.6])


def test_the_months_add_up_to_the_total() -> None:
    simulation = simulate(case(), draws=40)
    months = monthly_usd(simulation.case, simulation.drivers, "a")
    assert months is not None
    assert months.shape == (3, 40)
    assert months.sum(axis=0) == pytest.approx(simulation.strategies["a"].total_usd)
    assert (months[0] > 500).all()


def test_an_unknown_line_leaves_no_total_and_no_zero() -> None:
    gap = CostLine("annotation", "once", Missing("the budget is unknown"), "")
    one = simulate(case(gap), draws=5).strategies["a"]
    assert one.total_usd is None
    assert one.cost_per_success_usd is None
    assert set(one.lines_usd) == {"build", "calls"}


def test_nothing_accepted_costs_without_bound_and_no_nan() -> None:
    one = simulate(case(), drivers={"volume": np.array([0.0, 100.0])}).strategies["a"]
    assert one.cost_per_success_usd is not None
    assert np.isinf(one.cost_per_success_usd[0])
    assert np.isfinite(one.cost_per_success_usd[1])


def test_an_amount_out_of_all_proportion_is_named_and_never_infinite() -> None:
    with pytest.raises(RungError, match="build of a is not a finite amount"):
        simulate(case(price=1e308), draws=5)


def test_many_draws_are_worked_out_in_blocks_as_if_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    gap = CostLine("annotation", "once", Missing("the budget is unknown"), "")
    for one in (case(), case(gap)):
        whole = simulate(one, draws=25).strategies["a"]
        monkeypatch.setattr(import_module("rung.economics.tco.simulate"), "BLOCK", 10)
        parts = simulate(one, draws=25).strategies["a"]
        monkeypatch.undo()
        for name, usd in whole.lines_usd.items():
            assert np.array_equal(parts.lines_usd[name], usd)
        assert (parts.total_usd is None) == (whole.total_usd is None)
        assert parts.accepted is not None
        assert whole.accepted is not None
        assert np.array_equal(parts.accepted, whole.accepted)


def test_a_driver_in_place_of_the_drawn_one_counts_even_where_it_was_fixed() -> None:
    one = simulate(case(), drivers={"price": np.array([0.5, 1.0]), "volume": np.array([100.0, 100.0])}).strategies["a"]
    assert one.lines_usd["build"] == pytest.approx([500, 1000])
