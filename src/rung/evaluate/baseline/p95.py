"""The p95 of production latencies from order statistics that a database looks up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from rung.estimate import LEVEL
from rung.evaluate.baseline.source import CellSums, Dimension, TraceSource
from rung.stats import Interval, effective_from_sums, quantile_ranks

PROBABILITY = 0.95


@dataclass(frozen=True, slots=True)
class _Ranks:
    below: int
    share: float
    low: int | None
    high: int | None
    note: str


def latencies_p95(
    source: TraceSource, dimension: Dimension, cells: Sequence[CellSums], *, clustered: bool
) -> dict[str, Interval]:
    """The p95 in ms of each cell that has latencies, by name: linear interpolation (type 7), with its interval.

    The same interval as `stats.quantile_interval` gives on the rows. Without clusters one look-up suffices; with
    them the p95 comes first, because the design effect is that of lying below it.
    """
    counts = {cell.name: cell.latencies for cell in cells if cell.latencies > 0}
    if not counts:
        return {}
    if not clustered:
        wanted = {name: _ranks(n, None, None) for name, n in counts.items()}
        found = source.order_statistics(dimension, {name: _looked_up(ranks) for name, ranks in wanted.items()})
        return {name: _interval(ranks, found[name]) for name, ranks in wanted.items()}
    first = {name: _ranks(n, None, None) for name, n in counts.items()}
    around = source.order_statistics(dimension, {name: _around(one) for name, one in first.items()})
    middle = {name: _middle(one, around[name]) for name, one in first.items()}
    below = source.latency_at_most(dimension, middle)
    wanted = {name: _ranks(n, effective_from_sums(below[name]), below[name].clusters) for name, n in counts.items()}
    ends = {name: tuple(rank for rank in (one.low, one.high) if rank is not None) for name, one in wanted.items()}
    found = source.order_statistics(dimension, {name: ranks for name, ranks in ends.items() if ranks})
    return {name: _interval(one, {**around[name], **found.get(name, {})}) for name, one in wanted.items()}


def _ranks(n: int, effective: float | None, clusters: int | None) -> _Ranks:
    position = (n - 1) * PROBABILITY
    low, high, note = quantile_ranks(n, PROBABILITY, level=LEVEL, effective=effective, clusters=clusters)
    return _Ranks(floor(position) + 1, position - floor(position), low, high, note)


def _around(ranks: _Ranks) -> tuple[int, ...]:
    """The ranks between which the point lies."""
    return tuple(sorted({ranks.below, ranks.below + ceil(ranks.share)}))


def _looked_up(ranks: _Ranks) -> tuple[int, ...]:
    """Those, and the ranks of the ends."""
    return tuple(sorted({*_around(ranks), *(rank for rank in (ranks.low, ranks.high) if rank is not None)}))


def _middle(ranks: _Ranks, values: Mapping[int, float]) -> float:
    left = values[ranks.below]
    return left if ranks.share == 0.0 else left + ranks.share * (values[ranks.below + 1] - left)


def _interval(ranks: _Ranks, values: Mapping[int, float]) -> Interval:
    middle = _middle(ranks, values)
    low = None if ranks.low is None else min(middle, values[ranks.low])
    high = None if ranks.high is None else max(middle, values[ranks.high])
    return Interval(middle, low, high, ranks.note)
