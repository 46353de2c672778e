"""What is priced: the strategies' lines over common drivers, and the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import Formula, drivers_of
from rung.estimate import Missing
from rung.task.task import Correlation

When = Literal["once", "monthly"]


@dataclass(frozen=True, slots=True)
class CostLine:
    """One kind of cost of a strategy.

    `usd` is the amount of one month (`monthly`), or the whole amount, paid in the first month (`once`); Missing when
    something that cannot be left out is unknown. `how` says in words what is multiplied by what.
    """

    name: str
    when: When
    usd: Formula | Missing
    how: str


@dataclass(frozen=True, slots=True)
class CostModel:
    """All lines of one strategy, in the order of its life.

    `accepted` are the requests of a month whose outcome is right without a person's work (a corrected failure is not
    among them), `value_usd` what they are worth; Missing where task success, volume or value is unknown. `machines`
    are those that are on in a month; None where nobody asked.
    """

    strategy: str
    lines: tuple[CostLine, ...]
    accepted: Formula | Missing
    value_usd: Formula | Missing
    machines: Formula | Missing | None = None

    @property
    def unknown(self) -> tuple[CostLine, ...]:
        """The lines that cannot be priced."""
        return tuple(line for line in self.lines if isinstance(line.usd, Missing))


@dataclass(frozen=True, slots=True)
class CostCase:
    """Everything that a simulation needs. `drivers` holds each driver once, shared ones first."""

    drivers: tuple[Driver, ...]
    models: tuple[CostModel, ...]
    months: int
    seed: int
    correlations: tuple[Correlation, ...] = ()

    def driver(self, name: str) -> Driver:
        """The driver of this name; KeyError without one."""
        for one in self.drivers:
            if one.name == name:
                return one
        raise KeyError(name)

    def used_by(self, strategy: str) -> frozenset[str]:
        """The names of the drivers that the strategy's lines, accepted outcomes and value read."""
        model = next(one for one in self.models if one.strategy == strategy)
        formulas = (*(line.usd for line in model.lines), model.accepted, model.value_usd)
        return frozenset(
            name for formula in formulas if not isinstance(formula, Missing) for name in drivers_of(formula)
        )
