"""What the draws say across strategies, in one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rung.economics.assumptions import ASSUMED
from rung.economics.tco.analysis import CostAnalysis, DriverRow, MeasureWorth, SampleWorth, Standing
from rung.economics.tco.benefit import Benefit, benefit, compared, objective_of
from rung.economics.tco.break_even import break_evens
from rung.economics.tco.case import CostCase
from rung.economics.tco.driver import Driver
from rung.economics.tco.flips import flip_thresholds
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.information import partial_information, perfect_information, sample_information
from rung.economics.tco.kind import base_name
from rung.economics.tco.simulate import Simulation
from rung.economics.tco.tornado import lead_bars, total_bars
from rung.estimate import Estimate, Figure, Missing, Provenance, exact, weakest

LONGEST = 12
"""How many drivers worth measuring are kept: those worth most."""
SAMPLES = (50, 200, 1000)
"""Further items whose worth is told."""
LABEL = ("label_minutes", "wage_usd_per_hour", "second_label_share", "adjudicated_share")
SUCCESS = ("task_success", "task_success_by_flow")


def analyse(
    simulation: Simulation,
    *,
    standings: Sequence[Standing] = (),
    in_question: Sequence[str] = (),
    feasible_information_usd: Figure | None = None,
    notes: Sequence[str] = (),
) -> CostAnalysis:
    """Break-even, tornado, flips and the worth of information among the strategies that are priced in full.

    `in_question` are those that the choice is between (without: all of them). Pure and repeatable: the draws are the
    simulation's own.
    """
    case = simulation.case
    priced, excluded = compared(simulation)
    asked = tuple(name for name in priced if name in in_question) if in_question else priced
    objective = objective_of(simulation, asked or priced or _evaluated(simulation))
    drawn = benefit(simulation, asked, objective) if asked else Benefit(objective, (), np.empty((0, simulation.draws)))
    means = drawn.usd.mean(axis=1) if asked else np.empty(0)
    ranked = [asked[place] for place in np.argsort(-means, kind="stable")]
    best = ranked[0] if ranked else None
    bars = total_bars(case, best) if best is not None else ()
    if len(ranked) > 1:
        bars = (*bars, *lead_bars(case, ranked[0], ranked[1], objective))
    at_means, flips = flip_thresholds(case, asked, objective)
    perfect = perfect_information(drawn.usd) if len(asked) > 1 else None
    source = f"{simulation.draws:,} draws of {case.months} months"
    return CostAnalysis(
        months=case.months,
        draws=simulation.draws,
        seed=case.seed,
        objective=objective,
        candidates=priced,
        excluded=excluded,
        best=best,
        break_even=break_evens(simulation, ((best, name) for name in ranked[1:]) if best is not None else ()),
        tornado=bars,
        flips=flips,
        perfect_information_usd=Missing("fewer than two strategies are in question, so there is nothing to choose")
        if perfect is None
        else _worth(perfect, case, asked, f"EVPI over {source}"),
        worth_measuring=_worth_measuring(simulation, drawn, source),
        samples=_samples(simulation, drawn, source),
        drivers=driver_rows(case),
        standings=tuple(standings),
        notes=(*notes, *_two_bests(best, at_means)),
        in_question=asked,
        feasible_information_usd=feasible_information_usd,
    )


def _evaluated(simulation: Simulation) -> tuple[str, ...]:
    """The strategies whose accepted outcomes are known, priced or not."""
    return tuple(name for name, one in simulation.strategies.items() if one.accepted is not None)


def _two_bests(expected: str | None, at_means: str | None) -> tuple[str, ...]:
    """Steps such as whole machines can put another strategy first at the means than over all draws."""
    if expected == at_means:
        return ()
    return (
        f"flips start from {at_means}, which is the best with every driver at its mean; over all draws {expected} is "
        "expected to bring more",
    )


def driver_rows(case: CostCase) -> tuple[DriverRow, ...]:
    """Every driver that a strategy of the case reads."""
    used = {one.strategy: case.used_by(one.strategy) for one in case.models}
    rows = []
    for one in case.drivers:
        readers = tuple(name for name, names in used.items() if one.name in names)
        if readers:
            ends = "fixed" if one.fixed else one.ends
            rows.append(DriverRow(one.name, one.meaning, one.estimate(), ends, one.as_of, one.remedy, readers))
    return tuple(rows)


def _used(case: CostCase, strategies: Sequence[str]) -> list[Driver]:
    names = frozenset[str]().union(*(case.used_by(name) for name in strategies))
    return [one for one in case.drivers if one.name in names and not one.fixed]


def _worth(usd: float, case: CostCase, strategies: Sequence[str], source: str) -> Estimate:
    provenance = weakest([Provenance.MODELLED, *(one.provenance for one in _used(case, strategies))])
    return exact(usd, "USD", provenance, source)


def _worth_measuring(simulation: Simulation, drawn: Benefit, source: str) -> tuple[MeasureWorth, ...]:
    if len(drawn.strategies) < 2:
        return ()
    worth = [
        (partial_information(drawn.usd, simulation.drivers[one.name]), one)
        for one in _used(simulation.case, drawn.strategies)
    ]
    worth.sort(key=lambda pair: (-pair[0], pair[1].name))
    return tuple(
        MeasureWorth(
            one.name,
            exact(usd, "USD", weakest([Provenance.MODELLED, one.provenance]), f"EVPPI of {one.name} over {source}"),
            one.remedy.replace("STRATEGY", one.strategy or "STRATEGY"),
        )
        for usd, one in worth[:LONGEST]
        if usd > 0.0
    )


def _samples(simulation: Simulation, drawn: Benefit, source: str) -> tuple[SampleWorth, ...]:
    """What further items would be worth, asked of every strategy in question whose success is uncertain."""
    rates, shares = _rates(simulation, drawn.strategies)
    if len(drawn.strategies) < 2 or not rates:
        return ()
    samples = []
    for items in SAMPLES:
        asked = {row: tuple(items * share for share in shares[row]) for row in rates}
        usd = sample_information(drawn.usd, rates, asked)
        worth = _worth(usd, simulation.case, drawn.strategies, f"EVSI over {source}")
        cost = _cost_of(items, simulation.case)
        samples.append(SampleWorth(items, worth, cost, _in_words(items, worth, cost)))
    return tuple(samples)


def _rates(
    simulation: Simulation, strategies: Sequence[str]
) -> tuple[Mapping[int, tuple[FloatArray, ...]], Mapping[int, tuple[float, ...]]]:
    """By row: the success rates that are drawn, and which part of further items each of them would get."""
    case = simulation.case
    rates: dict[int, tuple[FloatArray, ...]] = {}
    shares: dict[int, tuple[float, ...]] = {}
    for row, name in enumerate(strategies):
        own = [one for one in _used(case, [name]) if base_name(one.name) in SUCCESS and one.strategy == name]
        if own:
            rates[row] = tuple(simulation.drivers[one.name] for one in own)
            known = [float(one.n or 0) for one in own]
            total = sum(known)
            shares[row] = tuple(n / total if total else 1.0 / len(own) for n in known)
    return rates, shares


def _cost_of(items: int, case: CostCase) -> Figure:
    """People who label them: items x minutes x wage x (1 + labelled twice + adjudicated), as in the line of annotation.

    What the case does not read is taken as assumed, but for the wage. The ends take all of them low or high together;
    model calls are not in it.
    """
    known = {base_name(one.name): one for one in case.drivers}
    if "wage_usd_per_hour" not in known:
        return Missing("what one more labelled item costs is not stated", "set prices.wage_usd_per_hour")
    parts = [known.get(name) or ASSUMED[name] for name in LABEL]

    def at(end: str) -> float:
        minutes, wage, twice, settled = (float(getattr(one, end)) for one in parts)
        return items * minutes / 60.0 * wage * (1.0 + twice + settled)

    provenance = weakest(one.provenance if isinstance(one, Driver) else Provenance.ASSUMED for one in parts)
    source = "minutes x wage x (1 + labelled twice + adjudicated)"
    return Estimate(at("mode"), at("low"), at("high"), "USD", None, provenance, source, "labels alone")


def _in_words(items: int, worth: Estimate, cost: Figure) -> str:
    price = f"costs {cost.value:,.0f} USD for labels" if isinstance(cost, Estimate) else "its cost is not known"
    return f"a {items}-item evaluation first is worth {worth.value:,.0f} USD and {price}"
