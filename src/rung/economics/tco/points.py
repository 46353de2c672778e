"""The case at chosen points: every driver at its mean but those that are moved.

The mean and not the most likely value, because what a strategy is expected to bring is nearly what it brings at the
means, and a skewed range would otherwise put another strategy first here than over all draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rung.economics.tco.analysis import Objective
from rung.economics.tco.benefit import benefit
from rung.economics.tco.case import CostCase
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.simulate import Simulation, simulate


def at_points(case: CostCase, moved: Mapping[str, FloatArray], points: int) -> Simulation:
    """The strategies at `points` points; `moved` holds the values of the moved drivers, each of shape (points,)."""
    means = {one.name: np.full(points, one.mean) for one in case.drivers}
    return simulate(case, drivers={**means, **moved})


def one_at_a_time(case: CostCase, grids: Mapping[str, FloatArray]) -> Simulation:
    """Each driver in turn over its own grid, all others at their mean: all grids in a row, in order.

    The grids have one length. One simulation does for all of them, because its cost is in the calls and not in the
    points.
    """
    names, size = list(grids), len(next(iter(grids.values())))
    moved = {}
    for number, name in enumerate(names):
        values = np.full(len(names) * size, case.driver(name).mean)
        values[number * size : (number + 1) * size] = grids[name]
        moved[name] = values
    return at_points(case, moved, len(names) * size)


def benefit_by_driver(
    case: CostCase, grids: Mapping[str, FloatArray], strategies: Sequence[str], objective: Objective
) -> dict[str, FloatArray]:
    """What each strategy brings over each driver's grid, shape (strategies, points)."""
    if not grids:
        return {}
    size = len(next(iter(grids.values())))
    usd = benefit(one_at_a_time(case, grids), strategies, objective).usd
    return {name: usd[:, number * size : (number + 1) * size] for number, name in enumerate(grids)}
