"""The case drawn: what every strategy costs in each of many possible years, the same years for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rung.economics.tco.case import CostCase, CostLine, CostModel
from rung.economics.tco.formula import FloatArray, Formula, Sheet, depends_on_month
from rung.economics.tco.sampling import draw
from rung.errors import RungError
from rung.estimate import Missing

DRAWS = 5000
BLOCK = 8192
"""Draws that are worked out together: twelve months of so many fit the processor's cache."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One strategy over the horizon, draw by draw; draw i of every strategy has the same shared drivers.

    `lines_usd` by line, `total_usd`, `accepted` outcomes and their `value_usd`: each of shape (draws,). A line that
    cannot be priced is not among `lines_usd`, and then `total_usd` is None. `accepted` and `value_usd` are None where
    they cannot be told.
    """

    strategy: str
    lines_usd: Mapping[str, FloatArray]
    total_usd: FloatArray | None
    accepted: FloatArray | None
    value_usd: FloatArray | None

    @property
    def cost_per_success_usd(self) -> FloatArray | None:
        """All cost of the horizon over accepted outcomes, shape (draws,), infinite where none is accepted; None where
        either is unknown."""
        if self.total_usd is None or self.accepted is None:
            return None
        return np.divide(
            self.total_usd, self.accepted, out=np.full_like(self.total_usd, np.inf), where=self.accepted > 0
        )


@dataclass(frozen=True, slots=True)
class Simulation:
    """All strategies of a case under the same draws. `drivers` by name, each of shape (draws,)."""

    case: CostCase
    draws: int
    drivers: Mapping[str, FloatArray]
    strategies: Mapping[str, Simulated]


def simulate(case: CostCase, *, draws: int = DRAWS, drivers: Mapping[str, FloatArray] | None = None) -> Simulation:
    """The case under `draws` draws of its drivers, with these `drivers`, of one shape (draws,), in place of theirs.

    RungError, naming the strategy and the line, when an amount is not finite: an extreme driver is to be corrected,
    and never becomes an infinite cost.
    """
    if drivers:
        draws = len(next(iter(drivers.values())))
    drawn = dict(drivers or {})
    if not all(one.name in drawn for one in case.drivers):
        drawn = {**draw(case.drivers, draws=draws, seed=case.seed, correlations=case.correlations), **drawn}
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        blocks = [_block(case, drawn, start, min(start + BLOCK, draws)) for start in range(0, draws, BLOCK)]
    return Simulation(
        case, draws, drawn, {one.strategy: _joined([b[one.strategy] for b in blocks]) for one in case.models}
    )


def monthly_usd(case: CostCase, drivers: Mapping[str, FloatArray], strategy: str) -> FloatArray | None:
    """What the strategy costs in each month, shape (months, draws); None when a line cannot be priced."""
    model = next(one for one in case.models if one.strategy == strategy)
    sheet = Sheet(_plain(case, drivers), case.months)
    draws = max((np.size(values) for values in drivers.values()), default=1)
    total = np.zeros((case.months, draws))
    every_month = np.zeros(draws)
    for line in model.lines:
        if isinstance(line.usd, Missing):
            return None
        if line.when == "once":
            total[0] += sheet.once(line.usd)
        elif depends_on_month(line.usd):
            total += sheet.monthly(line.usd)
        else:
            every_month += sheet.once(line.usd)
    return total + every_month


def _block(case: CostCase, drawn: Mapping[str, FloatArray], start: int, stop: int) -> dict[str, Simulated]:
    sheet = Sheet(_plain(case, {name: values[start:stop] for name, values in drawn.items()}), case.months)
    return {one.strategy: _strategy(one, sheet, stop - start) for one in case.models}


def _joined(blocks: list[Simulated]) -> Simulated:
    if len(blocks) == 1:
        return blocks[0]
    first = blocks[0]
    return Simulated(
        first.strategy,
        {name: np.concatenate([one.lines_usd[name] for one in blocks]) for name in first.lines_usd},
        _in_a_row([one.total_usd for one in blocks]),
        _in_a_row([one.accepted for one in blocks]),
        _in_a_row([one.value_usd for one in blocks]),
    )


def _in_a_row(parts: list[FloatArray | None]) -> FloatArray | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def _plain(case: CostCase, drivers: Mapping[str, FloatArray]) -> dict[str, FloatArray | float]:
    """Drivers that are the same in every draw as one number: what rests on them alone needs no array of draws."""
    fixed = {one.name for one in case.drivers if one.fixed}
    return {
        name: float(values[0]) if name in fixed and (values == values[0]).all() else values
        for name, values in drivers.items()
    }


def _strategy(model: CostModel, sheet: Sheet, draws: int) -> Simulated:
    lines = {
        line.name: _checked(_line(line.usd, line, sheet, draws), model, line.name)
        for line in model.lines
        if not isinstance(line.usd, Missing)
    }
    total = None if model.unknown else sum(lines.values(), np.zeros(draws))
    return Simulated(
        model.strategy,
        lines,
        total,
        _counted(model.accepted, sheet, draws, model, "accepted outcomes"),
        _counted(model.value_usd, sheet, draws, model, "value of accepted outcomes"),
    )


def _line(usd: Formula, line: CostLine, sheet: Sheet, draws: int) -> FloatArray:
    amount = sheet.once(usd) if line.when == "once" else sheet.total(usd)
    return _whole(amount, draws)


def _counted(formula: Formula | Missing, sheet: Sheet, draws: int, model: CostModel, name: str) -> FloatArray | None:
    return None if isinstance(formula, Missing) else _checked(_whole(sheet.total(formula), draws), model, name)


def _whole(amount: object, draws: int) -> FloatArray:
    return np.asarray(np.broadcast_to(np.asarray(amount, dtype=np.float64), (draws,)))


def _checked(amounts: FloatArray, model: CostModel, name: str) -> FloatArray:
    if not np.isfinite(amounts).all():
        raise RungError(
            f"{name} of {model.strategy} is not a finite amount in some draws; a driver it rests on is out of all "
            "proportion (rung cost --drivers lists them, drivers in rung.yaml sets them)"
        )
    return amounts
