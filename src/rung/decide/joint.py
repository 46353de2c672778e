"""All targets at once, draw by draw: how likely a strategy meets every one, and is then the cheapest.

The procedure decides by each target at full alpha (`procedure.py`); these shares stand beside it, and say how the
uncertainties of quality and of cost go together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from zlib import crc32

import numpy as np

from rung.decide.evidence import DevEvidence
from rung.decide.targets import figure_for
from rung.economics.tco.analyse import analyse
from rung.economics.tco.analysis import CostAnalysis, Objective, Standing
from rung.economics.tco.benefit import benefit, compared, objective_of
from rung.economics.tco.driver import from_estimate
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.sampling import quantiles
from rung.economics.tco.simulate import Simulation
from rung.estimate import Estimate, Figure, Missing, Provenance, exact, weakest
from rung.evaluate.run import Metrics
from rung.task.task import Flow, Target

IN_QUESTION = 0.05
"""A strategy that meets all targets in fewer draws is no longer one that the choice is between."""
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Meeting:
    """In which draws a strategy meets every target, shape (draws,), and the weakest provenance of what was drawn."""

    meets: Flags
    provenance: Provenance


def joint_analysis(inputs: DevEvidence) -> CostAnalysis | None:
    """What the draws of the cost say of the strategies that were measured, with their standings; None without draws.

    A strategy that a constraint excludes takes part: the record shows what the constraint costs.
    """
    if inputs.simulation is None:
        return None
    measured = {one.card.name: one.metrics for one in inputs.strategies if one.metrics is not None}
    return analysis_of(inputs.simulation, measured, inputs.task.targets, inputs.task.flows)


def analysis_of(
    simulation: Simulation, measured: Mapping[str, Metrics], targets: Sequence[Target], flows: Sequence[Flow]
) -> CostAnalysis:
    """The analysis of these strategies, those in question being the ones that may still meet all targets."""
    met = {
        name: meeting(simulation, name, metrics, targets, flows)
        for name, metrics in measured.items()
        if name in simulation.strategies
    }
    known = {name: one for name, one in met.items() if isinstance(one, Meeting)}
    feasible = {name: one for name, one in known.items() if simulation.strategies[name].total_usd is not None}
    objective = objective_of(simulation, list(feasible))
    standings, regret = _standings(simulation, met, feasible, objective)
    in_question = [name for name, one in feasible.items() if one.meets.mean() >= IN_QUESTION]
    nobody = f"no strategy meets all targets in {IN_QUESTION:.0%} of the draws or more, so all priced ones are compared"
    notes = [] if in_question or not feasible else [nobody]
    priced, _ = compared(simulation)
    # Without one that may meet, what could still be compared are all that were measured.
    asked = in_question or [name for name in priced if name in measured]
    return analyse(simulation, standings=standings, in_question=asked, feasible_information_usd=regret, notes=notes)


def meeting(
    simulation: Simulation, strategy: str, metrics: Metrics, targets: Sequence[Target], flows: Sequence[Flow]
) -> Meeting | Missing:
    """In which draws the strategy meets every target; Missing where a target's metric is, or where there is no target.

    Its task success falls and rises with the accepted outcomes of the simulation (same rank in every draw), so that
    quality and cost belong together. The correction rate follows from it, the cost per success is that of the
    simulation. A segment's success shares with the overall one as much as its items do: correlation
    sqrt(items / all items), as for a mean and one of its independent parts. Latency is drawn on its own.
    """
    if not targets:
        return Missing("the task names no targets", "set targets in rung.yaml")
    rank = _ranks(strategy, simulation)
    everything = np.ones(simulation.draws, dtype=np.bool_)
    provenances = []
    for target in targets:
        figure = figure_for(target, metrics)
        if isinstance(figure, Missing):
            return Missing(f"{target.name} is unknown: {figure.because}", figure.remedy)
        provenances.append(figure.provenance)
        values = _values(simulation, strategy, target, figure, metrics, rank, flows)
        if target.minimum is not None:
            everything &= values >= target.minimum
        if target.maximum is not None:
            everything &= values <= target.maximum
    return Meeting(everything, weakest([Provenance.MODELLED, *provenances]))


def _ranks(strategy: str, simulation: Simulation) -> FloatArray:
    """Uniform numbers in (0, 1) that rise with the share of accepted outcomes; a stream of its own without any."""
    draws = simulation.draws
    spread = _success_of(simulation, strategy)
    if spread is None:
        return _stream(simulation, f"success of {strategy}").random(draws)
    places = np.empty(draws)
    places[np.argsort(spread, kind="stable")] = np.arange(draws)
    return (places + 0.5) / draws


def _success_of(simulation: Simulation, strategy: str) -> FloatArray | None:
    """The mean of the strategy's success drivers, weighted by their items; None where none is drawn."""
    own = [
        one
        for one in simulation.case.drivers
        if one.strategy == strategy and one.name.startswith("task_success") and not one.fixed
    ]
    if not own:
        return None
    weights = np.array([float(one.n or 1) for one in own])
    return np.asarray(weights @ np.stack([simulation.drivers[one.name] for one in own]) / weights.sum())


def _values(
    simulation: Simulation,
    strategy: str,
    target: Target,
    figure: Estimate,
    metrics: Metrics,
    rank: FloatArray,
    flows: Sequence[Flow],
) -> FloatArray:
    if target.metric == "cost_per_success_usd" and target.segment is None:
        ratio = simulation.strategies[strategy].cost_per_success_usd
        if ratio is not None:
            return ratio
    if target.metric == "latency_p95_ms":
        own = _stream(simulation, f"{target.name} of {strategy}").random(simulation.draws)
    else:
        own = rank if target.segment is None else _of_segment(simulation, strategy, target, figure, metrics, rank)
        if target.metric != "task_success" and _falls_with_success(target, flows):
            own = 1.0 - own
    most = 1.0 if target.metric in ("task_success", "correction_rate") else np.inf
    return quantiles(from_estimate(target.name, "", figure, most=most), own)


def _of_segment(
    simulation: Simulation, strategy: str, target: Target, figure: Estimate, metrics: Metrics, rank: FloatArray
) -> FloatArray:
    from scipy.special import ndtr, ndtri

    overall = metrics.overall.get("task_success")
    every = overall.n if isinstance(overall, Estimate) and overall.n else None
    shared = sqrt(min((figure.n or 0) / every, 1.0)) if every else 0.0
    own = _stream(simulation, f"{target.name} of {strategy}").standard_normal(simulation.draws)
    return np.asarray(ndtr(shared * ndtri(rank) + sqrt(1.0 - shared**2) * own), dtype=np.float64)


def _falls_with_success(target: Target, flows: Sequence[Flow]) -> bool:
    """Failures are corrected more often than successes are edited, nearly always; then more success costs less."""
    if target.metric == "cost_per_success_usd":
        return True
    gaps = [(one.corrected_share_of_failures or 0.0) - (one.edited_share_of_successes or 0.0) for one in flows]
    return sum(gaps) >= 0.0


def _stream(simulation: Simulation, name: str) -> np.random.Generator:
    return np.random.default_rng([simulation.case.seed, 2, crc32(name.encode())])


def _standings(
    simulation: Simulation,
    met: Mapping[str, Meeting | Missing],
    feasible: Mapping[str, Meeting],
    objective: Objective,
) -> tuple[tuple[Standing, ...], Figure | None]:
    """The standings, and the least expected regret: what it would be worth to know the best feasible one beforehand."""
    names = list(feasible)
    source = f"{simulation.draws:,} draws"
    cheapest: Mapping[str, float | None] = {}
    regret: Mapping[str, float] = {}
    if names:
        flags = np.stack([feasible[name].meets for name in names])
        costs = np.stack([_total(simulation, name) for name in names])
        cheapest = _cheapest(names, flags, costs)
        regret = _regret(names, flags, benefit(simulation, names, objective).usd)
    weak = [one.provenance for one in simulation.case.drivers]
    standings = []
    for name, one in met.items():
        if isinstance(one, Missing):
            standings.append(Standing(name, one, one, one))
            continue
        share = exact(float(one.meets.mean()), "share", one.provenance, f"{source}: meets every target")
        if name not in feasible:
            gap = Missing(f"the cost of {name} is not known in full", "rung cost")
            standings.append(Standing(name, share, gap, gap))
            continue
        provenance = weakest([one.provenance, *weak])
        least = cheapest[name]
        standings.append(
            Standing(
                name,
                share,
                Missing(f"{name} meets every target in none of the {source}")
                if least is None
                else exact(least, "share", provenance, f"{source} in which it meets every target"),
                exact(regret[name], "USD", provenance, f"{source} in which some strategy meets every target")
                if regret
                else Missing(f"no strategy meets every target in any of the {source}"),
            )
        )
    if not regret:
        return tuple(standings), None
    least_regret = min(regret.values())
    provenance = weakest([*weak, *(one.provenance for one in feasible.values())])
    return tuple(standings), exact(least_regret, "USD", provenance, f"least expected regret over {source}")


def _total(simulation: Simulation, name: str) -> FloatArray:
    total = simulation.strategies[name].total_usd
    if total is None:
        raise ValueError(f"{name} has no total")
    return total


def _cheapest(
    names: Sequence[str], flags: np.ndarray[tuple[int, int], np.dtype[np.bool_]], costs: FloatArray
) -> dict[str, float | None]:
    """By strategy: of the draws in which it meets every target, the share in which none that meets costs less. Equals
    share a draw. None where it meets in no draw."""
    shown = np.where(flags, costs, np.inf)
    least = shown.min(axis=0)
    wins = flags & (shown == least)
    parts = wins / np.maximum(wins.sum(axis=0), 1)
    return {
        name: float(parts[row].sum() / flags[row].sum()) if flags[row].any() else None for row, name in enumerate(names)
    }


def _regret(
    names: Sequence[str], flags: np.ndarray[tuple[int, int], np.dtype[np.bool_]], usd: FloatArray
) -> dict[str, float]:
    """By strategy: how much less than the best that meets every target it brings, on average over the draws in which
    one does; at least 0 in each. Empty where none ever does."""
    some = flags.any(axis=0)
    if not some.any():
        return {}
    best = np.where(flags, usd, -np.inf).max(axis=0)[some]
    return {name: float(np.maximum(best - usd[row, some], 0.0).mean()) for row, name in enumerate(names)}
