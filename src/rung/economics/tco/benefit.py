"""What a choice brings in each draw, in USD: the one amount by which strategies are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rung.economics.tco.analysis import Objective
from rung.economics.tco.case import CostModel
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.simulate import Simulation
from rung.estimate import Missing


@dataclass(frozen=True, slots=True)
class Benefit:
    """`usd` of shape (strategies, draws), in the order of `strategies`: the value of accepted outcomes less all cost;
    the cost alone, with its sign turned, where the value of an outcome is not known for every strategy compared."""

    objective: Objective
    strategies: tuple[str, ...]
    usd: FloatArray


def compared(simulation: Simulation) -> tuple[tuple[str, ...], dict[str, str]]:
    """The strategies that are priced in full, and why the others are not."""
    priced, excluded = [], {}
    for model in simulation.case.models:
        if simulation.strategies[model.strategy].total_usd is None:
            excluded[model.strategy] = _gaps(model)
        else:
            priced.append(model.strategy)
    return tuple(priced), excluded


def objective_of(simulation: Simulation, strategies: Sequence[str]) -> Objective:
    """Net benefit where every strategy's accepted outcomes have a value, else cost."""
    valued = all(simulation.strategies[name].value_usd is not None for name in strategies)
    return "net_benefit" if strategies and valued else "cost"


def benefit(simulation: Simulation, strategies: Sequence[str], objective: Objective) -> Benefit:
    """What each of these strategies brings in each draw. ValueError for one without a total, or without the value that
    the objective asks for."""
    rows = np.empty((len(strategies), simulation.draws))
    for row, name in zip(rows, strategies, strict=True):
        one = simulation.strategies[name]
        if one.total_usd is None:
            raise ValueError(f"{name} has no total")
        row[:] = -one.total_usd
        if objective == "net_benefit":
            if one.value_usd is None:
                raise ValueError(f"the value of what {name} accepts is unknown")
            row += one.value_usd
    return Benefit(objective, tuple(strategies), rows)


def _gaps(model: CostModel) -> str:
    gaps: Mapping[str, str] = {line.name: line.usd.because for line in model.unknown if isinstance(line.usd, Missing)}
    return "; ".join(dict.fromkeys(f"{name}: {because}" for name, because in gaps.items()))
