"""Small cases whose answers are known by hand."""

from __future__ import annotations

from math import inf

import pytest

from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.driver import Driver, Ends
from rung.economics.tco.formula import Driven, Formula
from rung.estimate import Missing, Provenance


class Hand:
    """Builds drivers, models and cases in few words."""

    def driver(
        self, name: str, low: float, mode: float, high: float, ends: Ends = "bounds", least: float = 0.0,
        most: float = inf, n: int | None = None, unit: str = "USD",
    ) -> Driver:  # fmt: skip
        """A driver of the team's statement."""
        return Driver(
            name, name, unit, low, mode, high, Provenance.ASSUMED, "test", ends, least, most, n=n, remedy="ask"
        )

    def model(
        self, name: str, *lines: Formula | Missing, accepted: Formula | Missing | None = None,
        value: Formula | Missing | None = None,
    ) -> CostModel:  # fmt: skip
        """A strategy of monthly lines."""
        return CostModel(
            name,
            tuple(CostLine(f"line {number}", "monthly", line, "") for number, line in enumerate(lines)),
            Missing("not said") if accepted is None else accepted,
            Missing("not said") if value is None else value,
        )

    def case(self, drivers: list[Driver], *models: CostModel, months: int = 1, seed: int = 0) -> CostCase:
        """One month unless told otherwise."""
        return CostCase(tuple(drivers), models, months, seed)

    def calls_and_machines(self, machine_usd_per_hour: float = 2.5, call_usd: float = 0.004) -> CostCase:
        """Calls at a price each, against one machine that is always on."""
        price = self.driver("price", machine_usd_per_hour, machine_usd_per_hour, machine_usd_per_hour)
        call = self.driver("call", call_usd, call_usd, call_usd)
        volume = self.driver("requests_per_month", 1e5, 1e5, 1e5, least=1.0)
        return self.case(
            [volume, price, call],
            self.model("calls", Driven("requests_per_month") * Driven("call")),
            self.model("machine", Driven("price") * 730.0),
        )


@pytest.fixture
def hand() -> Hand:
    return Hand()
