"""In which draws a strategy meets every target: its metrics drawn so that what belongs together moves together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from zlib import crc32

import numpy as np

from rung.decide.targets import figure_for
from rung.economics.tco.driver import from_estimate
from rung.economics.tco.formula import FloatArray
from rung.economics.tco.sampling import quantiles
from rung.economics.tco.simulate import Simulation
from rung.estimate import Estimate, Missing, Provenance, weakest
from rung.evaluate.run import Metrics
from rung.task.task import Flow, Target

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Meeting:
    """In which draws a strategy meets every target, shape (draws,), and the weakest provenance of what was drawn."""

    meets: Flags
    provenance: Provenance


def meeting(
    simulation: Simulation, strategy: str, metrics: Metrics, targets: Sequence[Target], flows: Sequence[Flow]
) -> Meeting | Missing:
    """In which draws the strategy meets every target; Missing where a target's metric is, or where there is no target.

    Its task success falls and rises with the accepted outcomes of the simulation (same rank in every draw), so that
    quality and cost belong together. The correction rate follows from it, the cost per success is that of the
    simulation, segments add up to it (`_of_segments`). Latency is drawn on its own.
    """
    if not targets:
        return Missing("the task names no targets", "set targets in rung.yaml")
    rank = _ranks(strategy, simulation)
    of_segments = _of_segments(simulation, strategy, metrics, rank)
    everything = np.ones(simulation.draws, dtype=np.bool_)
    provenances = []
    for target in targets:
        figure = figure_for(target, metrics)
        if isinstance(figure, Missing):
            return Missing(f"{target.name} is unknown: {figure.because}", figure.remedy)
        provenances.append(figure.provenance)
        values = _values(simulation, strategy, target, figure, of_segments.get(target.segment or "", rank), flows)
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
    simulation: Simulation, strategy: str, target: Target, figure: Estimate, rank: FloatArray, flows: Sequence[Flow]
) -> FloatArray:
    """The metric in every draw. `rank` is that of the success of all requests, or of the target's segment."""
    if target.metric == "cost_per_success_usd" and target.segment is None:
        ratio = simulation.strategies[strategy].cost_per_success_usd
        if ratio is not None:
            return ratio
    if target.metric == "latency_p95_ms":
        rank = _stream(simulation, f"{target.name} of {strategy}").random(simulation.draws)
    elif target.metric != "task_success" and _falls_with_success(target, flows):
        rank = 1.0 - rank
    most = 1.0 if target.metric in ("task_success", "correction_rate") else np.inf
    return quantiles(from_estimate(target.name, "", figure, most=most), rank)


def _of_segments(simulation: Simulation, strategy: str, metrics: Metrics, rank: FloatArray) -> dict[str, FloatArray]:
    """By segment, uniform numbers that rise with its success.

    Segments are separate items, so their errors are independent of each other, and the overall error is their sum by
    items. A segment's part r of it is items x width of its interval over the root of the sum of squares of all parts;
    items of no segment are a part more. Given the overall score z, the segments' scores are then r z + e - r (r . e)
    with independent standard normal e: uncorrelated with each other, correlated by r with the whole, and with r . score
    = z in every draw (a normal vector given its weighted sum).
    """
    from scipy.special import ndtr, ndtri

    known = {
        name: one
        for name, parts in metrics.by_segment.items()
        if isinstance(one := parts.get("task_success"), Estimate)
    }
    parts = _parts_of_the_whole(metrics, known)
    own = np.stack([_stream(simulation, f"{name} of {strategy}").standard_normal(simulation.draws) for name in parts])
    share = np.array(list(parts.values()))
    scores = np.outer(share, ndtri(rank)) + own - np.outer(share, share @ own)
    return {name: np.asarray(ndtr(row), dtype=np.float64) for name, row in zip(parts, scores, strict=True) if name}


def _parts_of_the_whole(metrics: Metrics, segments: Mapping[str, Estimate]) -> dict[str, float]:
    """What each segment adds to the error of the overall success, squares adding up to 1; "" are the other items."""
    overall = metrics.overall.get("task_success")
    if not isinstance(overall, Estimate) or not overall.n:
        return {**dict.fromkeys(segments, 0.0), "": 1.0}
    parts = {name: (one.n or 0) * _width(one) for name, one in segments.items()}
    others = max(overall.n - sum(one.n or 0 for one in segments.values()), 0)
    parts[""] = sqrt(others * overall.n) * _width(overall)
    length = sqrt(sum(part * part for part in parts.values()))
    return (
        {name: part / length for name, part in parts.items()} if length else {**dict.fromkeys(segments, 0.0), "": 1.0}
    )


def _width(figure: Estimate) -> float:
    ends = (one for one in (figure.low, figure.high) if one is not None)
    return sum(abs(one - figure.value) for one in ends)


def _falls_with_success(target: Target, flows: Sequence[Flow]) -> bool:
    """Failures are corrected more often than successes are edited, nearly always; then more success costs less."""
    if target.metric == "cost_per_success_usd":
        return True
    gaps = [(one.corrected_share_of_failures or 0.0) - (one.edited_share_of_successes or 0.0) for one in flows]
    return sum(gaps) >= 0.0


def _stream(simulation: Simulation, name: str) -> np.random.Generator:
    return np.random.default_rng([simulation.case.seed, 2, crc32(name.encode())])
