"""One driver at a time: what its tenth and its ninetieth percentile make of a total, and of a lead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rung.economics.tco.analysis import Objective, TornadoBar
from rung.economics.tco.benefit import benefit
from rung.economics.tco.case import CostCase
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.points import at_points, benefit_by_driver
from rung.economics.tco.sampling import quantiles
from rung.estimate import Estimate, exact

PERCENTS = (0.1, 0.9)
LONGEST = 12
"""How many bars are kept: the widest."""


def total_bars(case: CostCase, strategy: str) -> tuple[TornadoBar, ...]:
    """What each driver alone does to the strategy's total, widest first; drivers that move nothing have no bar."""
    ends = _ends(case, case.used_by(strategy))
    base = -float(benefit(at_points(case, {}, 1), [strategy], "cost").usd[0, 0])
    moved = benefit_by_driver(case, ends, [strategy], "cost")
    bars = [_bar(case, name, ends[name], -usd[0], base, strategy, "") for name, usd in moved.items()]
    return _widest(bars)


def lead_bars(case: CostCase, first: str, second: str, objective: Objective) -> tuple[TornadoBar, ...]:
    """What each driver alone does to the lead of `first` over `second` by the objective, widest first."""
    ends = _ends(case, case.used_by(first) | case.used_by(second))
    at_base = benefit(at_points(case, {}, 1), [first, second], objective).usd[:, 0]
    base = float(at_base[0] - at_base[1])
    moved = benefit_by_driver(case, ends, [first, second], objective)
    bars = [_bar(case, name, ends[name], usd[0] - usd[1], base, first, second) for name, usd in moved.items()]
    return _widest(bars)


def _ends(case: CostCase, used: frozenset[str]) -> dict[str, FloatArray]:
    return {one.name: quantiles(one, np.array(PERCENTS)) for one in case.drivers if one.name in used and not one.fixed}


def _bar(
    case: CostCase, name: str, ends: FloatArray, usd: FloatArray, base: float, strategy: str, against: str
) -> TornadoBar:
    driver = case.driver(name)
    low, high = (_end(driver, float(value)) for value in ends)
    return TornadoBar(strategy, name, low, high, float(usd[0]), float(usd[1]), base, against)


def _end(driver: Driver, value: float) -> Estimate:
    return exact(value, driver.unit, driver.provenance, driver.source)


def _widest(bars: Sequence[TornadoBar]) -> tuple[TornadoBar, ...]:
    wide = sorted(bars, key=lambda bar: (-abs(bar.usd_at_high - bar.usd_at_low), bar.driver))
    return tuple(bar for bar in wide if bar.usd_at_high != bar.usd_base or bar.usd_at_low != bar.usd_base)[:LONGEST]
