"""What requests meet at a fleet, from a replay at the middle and at both ends of the model error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.capacity.pace import Pace
from rung.economics.capacity.replay import replay
from rung.economics.capacity.sizing import SPEEDS
from rung.economics.capacity.trace import Trace
from rung.economics.draws import FloatArray
from rung.estimate import Estimate, Figure, Provenance

PERCENTILES = (50.0, 95.0, 99.0)


@dataclass(frozen=True, slots=True)
class Met:
    """Milliseconds from arrival at the 50th, 95th and 99th percentile: to the last token, to the first, and in the
    queue. `busy` is the share of the copies' time in which they had work; `replayed` requests were replayed."""

    total_ms: tuple[Figure, Figure, Figure]
    first_token_ms: tuple[Figure, Figure, Figure]
    queue_ms: tuple[Figure, Figure, Figure]
    busy: Figure
    replayed: int


def met(arrivals: Trace, pace: Pace, copies: int) -> Met:
    """The trace replayed against so many copies at three speeds; the model error is the interval."""
    fast, middle, slow = (replay(arrivals, pace.slower(by), copies) for by in SPEEDS)
    source = f"replay of {len(arrivals.seconds):,} arrivals ({arrivals.name}) on {copies} copies"

    def figure(arrays: tuple[FloatArray, FloatArray, FloatArray], at: float) -> Figure:
        low, value, high = (float(np.percentile(array, at)) * 1000.0 for array in arrays)
        return _figure(low, value, high, "ms", source)

    def figures(*arrays: FloatArray) -> tuple[Figure, Figure, Figure]:
        three = (arrays[0], arrays[1], arrays[2])
        return figure(three, PERCENTILES[0]), figure(three, PERCENTILES[1]), figure(three, PERCENTILES[2])

    return Met(
        figures(fast.total, middle.total, slow.total),
        figures(fast.first_token, middle.first_token, slow.first_token),
        figures(fast.wait, middle.wait, slow.wait),
        _figure(fast.busy, middle.busy, slow.busy, "share", source),
        len(arrivals.seconds),
    )


def _figure(low: float, value: float, high: float, unit: str, source: str) -> Figure:
    return Estimate(value, min(low, value), max(high, value), unit, None, Provenance.MODELLED, source)
