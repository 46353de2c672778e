"""The volume from which on one strategy costs less than another, draw by draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from rung.economics.draws import interval_percents
from rung.economics.tco.analysis import BreakEven
from rung.economics.tco.annual import provenance_of
from rung.economics.tco.case import CostCase
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.simulate import Simulation, simulate
from rung.estimate import Estimate, Missing, Provenance, weakest

VOLUME = "requests_per_month"
SEARCHED = (10.0, 1e9)
"""Requests a month, from a pilot to a large consumer service."""
STEPS = 65
HALVINGS = 14
DRAWS = 1000
"""Enough for a median and two percentiles; each draw is searched on its own."""


def break_evens(simulation: Simulation, pairs: Iterable[tuple[str, str]]) -> tuple[BreakEven, ...]:
    """For each pair (first, second), from which monthly volume on `second` costs less than `first`.

    Whole machines make costs climb in steps, so two strategies may change places more than once: what counts is the
    last change, above which the order holds to the end of the searched range. It is found on a grid of volumes evenly
    spaced by ratio and then by halving, in the first draws of the simulation, each on its own. Empty where no strategy
    reads the volume.
    """
    wanted = list(pairs)
    case = _of(simulation.case, {name for pair in wanted for name in pair})
    if not wanted or VOLUME not in {one.name for one in case.drivers}:
        return ()
    draws = min(DRAWS, simulation.draws)
    drawn = {name: values[:draws] for name, values in simulation.drivers.items()}
    grid = np.geomspace(*SEARCHED, STEPS)
    # All volumes in one simulation: it costs its calls and hardly its draws.
    tiled = {name: np.tile(values, STEPS) for name, values in drawn.items()}
    totals = {name: usd.reshape(STEPS, draws) for name, usd in _totals(case, tiled, np.repeat(grid, draws)).items()}
    return tuple(_break_even(case, drawn, grid, totals, first, second) for first, second in wanted)


def _of(case: CostCase, strategies: set[str]) -> CostCase:
    return replace(case, models=tuple(one for one in case.models if one.strategy in strategies))


def _totals(case: CostCase, drawn: dict[str, FloatArray], volume: FloatArray) -> dict[str, FloatArray]:
    found = simulate(case, drivers={**drawn, VOLUME: volume}).strategies
    return {name: one.total_usd for name, one in found.items() if one.total_usd is not None}


def _break_even(
    case: CostCase,
    drawn: dict[str, FloatArray],
    grid: FloatArray,
    totals: dict[str, FloatArray],
    first: str,
    second: str,
) -> BreakEven:
    dearer = totals[second] >= totals[first]
    at_end = dearer[-1]
    # The last volume at which the order is another than at the end; without one, nothing crosses in this draw.
    other = dearer != at_end
    crosses = other.any(axis=0) & ~at_end
    place = np.where(crosses, len(grid) - 1 - np.argmax(other[::-1], axis=0), 0)
    low, high = grid[place].copy(), grid[np.minimum(place + 1, len(grid) - 1)].copy()
    pair = _of(case, {first, second})
    for _ in range(HALVINGS if crosses.any() else 0):
        middle = np.sqrt(low * high)
        at_middle = _totals(pair, drawn, middle)
        before = at_middle[second] >= at_middle[first]
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    share = float(1.0 - crosses.mean())
    return BreakEven(
        first, second, _figure(pair, high[crosses], first, second), share, _words(dearer, first, second, share)
    )


def _figure(pair: CostCase, volumes: FloatArray, first: str, second: str) -> Estimate | Missing:
    if not len(volumes):
        return Missing(f"{second} never comes to cost less than {first} up to {SEARCHED[1]:,.0f} requests a month")
    low, middle, high = np.percentile(volumes, [interval_percents()[0], 50.0, interval_percents()[1]]).tolist()
    formulas = [line.usd for model in pair.models for line in model.lines if not isinstance(line.usd, Missing)]
    provenance = weakest([Provenance.MODELLED, provenance_of(formulas, pair)])
    source = f"{len(volumes)} draws that cross, searched from {SEARCHED[0]:,.0f} to {SEARCHED[1]:,.0f} requests a month"
    return Estimate(middle, low, high, "requests/month", None, provenance, source, "median of the draws that cross")


def _words(dearer: np.ndarray[tuple[int, int], np.dtype[np.bool_]], first: str, second: str, share: float) -> str:
    searched = f"{SEARCHED[0]:,.0f} to {SEARCHED[1]:,.0f} requests a month"
    if share == 0.0:
        return f"{second} costs less than {first} above it in every draw; searched from {searched}"
    always = float((~dearer).all(axis=0).mean())
    never = share - always
    parts = [
        f"{second} costs less at every volume in {always:.0%} of the draws" if always else "",
        f"{first} costs no more at the highest volume in {never:.0%}" if never > 1e-12 else "",
    ]
    return f"{'; '.join(part for part in parts if part)}; searched from {searched}"
