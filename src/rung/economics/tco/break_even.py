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
AHEAD = 3
"""Steps of the grid that the first closer look goes beyond the last loss: there a next machine may lose again."""
PARTS = 8
ROUNDS = 4
"""Each closer look takes an eighth of a step: after the first and four more a hundred-thousandth is left open."""
Flags = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
Flag = np.ndarray[tuple[int], np.dtype[np.bool_]]
Places = np.ndarray[tuple[int], np.dtype[np.intp]]
DRAWS = 1000
"""Enough for a median and two percentiles; each draw is searched on its own."""


def break_evens(simulation: Simulation, pairs: Iterable[tuple[str, str]]) -> tuple[BreakEven, ...]:
    """For each pair, from which monthly volume on `second` costs less than `first`.

    A pair is told in the order in which more of its draws cross: whichever way round it is asked, the answer is the
    same (as it was asked where neither way crosses more). Whole machines make costs climb in steps, so two strategies
    may change places more than once: what counts is the last change, above which the order holds to the end of the
    searched range. It is found on grids of volumes evenly spaced by ratio, each finer one between two volumes of the
    last (a loss that is won back within 4 % of the volume may be passed over), in the first draws of the
    simulation, each on its own. Empty where no strategy reads the volume.
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
    crosses, place = _last_change(totals[second] >= totals[first])
    turned, other_place = _last_change(totals[first] >= totals[second])
    if turned.sum() > crosses.sum():
        first, second, crosses, place = second, first, turned, other_place
    dearer = totals[second] >= totals[first]
    pair = _of(case, {first, second})
    low = grid[place[crosses]]
    high = grid[np.minimum(place[crosses] + AHEAD, len(grid) - 1)]
    if crosses.any():
        found = {name: values[crosses] for name, values in drawn.items()}
        low, high = _narrowed(pair, found, low, high, first, second, AHEAD * PARTS)
        for _ in range(ROUNDS):
            low, high = _narrowed(pair, found, low, high, first, second, PARTS)
    share = float(1.0 - crosses.mean())
    return BreakEven(
        first,
        second,
        _figure(pair, high, first, second),
        share,
        _words(dearer, first, second, share),
    )


def _last_change(dearer: Flags) -> tuple[Flag, Places]:
    """Which draws end with the second cheaper after it was not, and after which row of the grid; 0 for the others."""
    crosses = dearer.any(axis=0) & ~dearer[-1]
    return crosses, np.where(crosses, len(dearer) - 1 - np.argmax(dearer[::-1], axis=0), 0)


def _narrowed(
    pair: CostCase, drawn: dict[str, FloatArray], low: FloatArray, high: FloatArray, first: str, second: str, parts: int
) -> tuple[FloatArray, FloatArray]:
    """The last change between `low`, where the second is dearer, and `high`, where it is not, to one of the parts."""
    ratio = high / low
    inside = np.stack([low * ratio ** (part / parts) for part in range(1, parts)])
    tiled = {name: np.tile(values, parts - 1) for name, values in drawn.items()}
    totals = _totals(pair, tiled, inside.ravel())
    dearer = (totals[second] >= totals[first]).reshape(inside.shape)
    places = np.stack([low, *inside, high])
    # Row 0 of the places is dearer and the last is not, whatever is between them.
    last = np.where(dearer.any(axis=0), parts - 1 - np.argmax(dearer[::-1], axis=0), 0)
    draws = np.arange(len(low))
    return places[last, draws], places[last + 1, draws]


def _figure(pair: CostCase, volumes: FloatArray, first: str, second: str) -> Estimate | Missing:
    if not len(volumes):
        return Missing(f"{second} never comes to cost less than {first} up to {SEARCHED[1]:,.0f} requests a month")
    low, middle, high = np.percentile(volumes, [interval_percents()[0], 50.0, interval_percents()[1]]).tolist()
    formulas = [line.usd for model in pair.models for line in model.lines if not isinstance(line.usd, Missing)]
    provenance = weakest([Provenance.MODELLED, provenance_of(formulas, pair)])
    source = f"{len(volumes)} draws that cross, searched from {SEARCHED[0]:,.0f} to {SEARCHED[1]:,.0f} requests a month"
    return Estimate(middle, low, high, "requests/month", None, provenance, source, "median of the draws that cross")


def _words(dearer: Flags, first: str, second: str, share: float) -> str:
    searched = f"{SEARCHED[0]:,.0f} to {SEARCHED[1]:,.0f} requests a month"
    if share == 0.0:
        return f"{second} costs less than {first} above it in every draw; searched from {searched}"
    always = float((~dearer).all(axis=0).mean())
    never = share - always
    parts = [
        f"{second} costs less at every volume in {_part(always)} of the draws" if always else "",
        f"{first} costs no more at the highest volume in {_part(never)} of the draws" if never > 1e-12 else "",
    ]
    return f"{'; '.join(part for part in parts if part)}; searched from {searched}"


def _part(share: float) -> str:
    """A share above 0 in whole percent, never rounded to none or all of them."""
    if share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1.0 else f"{share:.0%}"
