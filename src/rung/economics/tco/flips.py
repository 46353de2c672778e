"""At which value of a driver another strategy would be the best, all others at their mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np

from rung.economics.tco.analysis import FlipThreshold, Objective
from rung.economics.tco.benefit import benefit
from rung.economics.tco.case import CostCase
from rung.economics.tco.driver import Driver
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.points import at_points, benefit_by_driver
from rung.economics.tco.sampling import quantiles
from rung.estimate import Missing, Provenance, exact, weakest

POINTS = 65
ROUNDS = 4
"""Each round narrows the place of a flip to a sixty-fourth: four of them to seven digits of the range."""
TIMES = 10.0
"""A driver is searched from a tenth of its mean to ten times of it, and over its whole range."""


def flip_thresholds(
    case: CostCase, strategies: Sequence[str], objective: Objective
) -> tuple[str | None, tuple[FlipThreshold, ...]]:
    """The best of these strategies with every driver at its mean, and for each driver where that changes.

    On each side of the mean the nearest flip counts; a driver may flip the choice on both. Order: within the
    driver's range first, then by how few times its mean it takes. Drivers that flip nothing are told last,
    with `at` Missing. Nothing flips where there are fewer than two strategies.
    """
    if not strategies:
        return None, ()
    at_means = benefit(at_points(case, {}, 1), strategies, objective).usd[:, 0]
    best = int(np.argmax(at_means))
    if len(strategies) < 2:
        return strategies[best], ()
    used = frozenset[str]().union(*(case.used_by(name) for name in strategies))
    searched = {one.name: _search(one) for one in case.drivers if one.name in used}
    searched = {name: bounds for name, bounds in searched.items() if bounds[0] < bounds[1]}
    found: list[FlipThreshold] = []
    for upward in (True, False):
        found += _one_side(case, searched, strategies, objective, best, upward=upward)
    flipping = {one.driver for one in found}
    none = [
        _no_flip(case.driver(name), bounds, strategies[best])
        for name, bounds in searched.items()
        if name not in flipping
    ]
    found.sort(key=lambda one: (not one.within_range, _distance(one), one.driver))
    return strategies[best], (*found, *none)


def digits(value: float) -> str:
    """Four digits that mean something, whole above a thousand: `0.01825`, `456,250`."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _search(driver: Driver) -> tuple[float, float]:
    """The range that is searched: see `TIMES`, within what the driver can be at all."""
    low, high = driver.low, driver.high
    if driver.mean > 0:
        low, high = min(low, driver.mean / TIMES), max(high, driver.mean * TIMES)
    return max(low, driver.least), min(high, driver.most)


def _grid(start: float, stop: float) -> FloatArray:
    """From `start` to `stop`, evenly by ratio where both are above 0."""
    if start > 0 and stop > 0:
        return np.asarray(np.geomspace(start, stop, POINTS), dtype=np.float64)
    return np.linspace(start, stop, POINTS)


def _one_side(
    case: CostCase,
    searched: dict[str, tuple[float, float]],
    strategies: Sequence[str],
    objective: Objective,
    best: int,
    *,
    upward: bool,
) -> Iterable[FlipThreshold]:
    ends = {name: (case.driver(name).mean, bounds[1] if upward else bounds[0]) for name, bounds in searched.items()}
    brackets = {name: end for name, end in ends.items() if end[0] != end[1]}
    winners: dict[str, int] = {}
    for _ in range(ROUNDS):
        grids = {name: _grid(*bracket) for name, bracket in brackets.items()}
        moved = benefit_by_driver(case, grids, strategies, objective)
        brackets = {}
        for name, usd in moved.items():
            beaten = np.flatnonzero(usd.max(axis=0) > usd[best])
            if len(beaten) and beaten[0] > 0:
                place = int(beaten[0])
                brackets[name] = (float(grids[name][place - 1]), float(grids[name][place]))
                winners[name] = int(np.argmax(usd[:, place]))
    for name, (_, beyond) in brackets.items():
        yield _flip(case.driver(name), beyond, strategies[best], strategies[winners[name]], upward=upward)


def _flip(driver: Driver, at: float, best: str, other: str, *, upward: bool) -> FlipThreshold:
    low, high = (driver.low, driver.high) if driver.fixed else quantiles(driver, np.array([0.05, 0.95]))
    within = bool(low <= at <= high)
    where = "within" if within else "outside"
    side = "above" if upward else "below"
    ends = "" if driver.fixed else f", {where} its 5th to 95th percentile, {digits(low)} to {digits(high)}"
    when = f"{driver.name} is {side} {digits(at)} {driver.unit} (its mean is {digits(driver.mean)}{ends})"
    return FlipThreshold(
        driver.name,
        best,
        other,
        exact(at, driver.unit, weakest([Provenance.MODELLED, driver.provenance]), f"search over {driver.name}"),
        driver.estimate(),
        within,
        f"{other} is better than {best} when {when}",
        "above" if upward else "below",
    )


def _no_flip(driver: Driver, bounds: tuple[float, float], best: str) -> FlipThreshold:
    searched = f"{digits(bounds[0])} to {digits(bounds[1])} {driver.unit}"
    because = f"{best} stays the best with {driver.name} anywhere from {searched}, all else at its mean"
    return FlipThreshold(
        driver.name, best, "", Missing(because), driver.estimate(), within_range=False, because=because
    )


def _distance(flip: FlipThreshold) -> float:
    """How many times the mean, in either direction; the difference where a ratio means nothing."""
    at, now = getattr(flip.at, "value", 0.0), getattr(flip.now, "value", 0.0)
    if at > 0 and now > 0:
        return float(abs(np.log(at / now)))
    distance = abs(at - now)
    return distance if isfinite(distance) else float("inf")
