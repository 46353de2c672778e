"""The fewest copies that serve the arrivals: by throughput with room to spare, or by what requests meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.capacity.pace import Pace
from rung.economics.capacity.replay import Replayed, replay
from rung.economics.capacity.trace import Trace
from rung.economics.draws import FloatArray
from rung.estimate import Missing

MOST_COPIES = 4096
TAIL = 95.0
LENGTH_SPREAD = 0.8326
"""Standard deviation of the log of lengths where only their mean is known: a coefficient of variation of 1, assumed."""
SYNTHETIC_REQUESTS = 4000


@dataclass(frozen=True, slots=True)
class FleetFound:
    """The fewest copies whose 95th percentile from arrival to last token is within the limit, and that percentile."""

    copies: int
    p95_seconds: float


def copies_for(peak_per_second: FloatArray, requests_per_second: FloatArray, cap: float, at_least: int) -> FloatArray:
    """Whole copies whose throughput, filled up to the share `cap`, carries the peak; never fewer than `at_least`."""
    return np.maximum(np.ceil(peak_per_second / (requests_per_second * cap) - 1e-9), float(at_least))


def smallest_fleet(trace: Trace, pace: Pace, limit_seconds: float, at_least: int) -> FleetFound | Missing:
    """The smallest fleet whose p95 holds when the trace is replayed against it.

    Doubles until the limit holds and then halves the gap: more copies never make a request slower here. Missing where
    a copy of its own would still be too slow for one request in twenty.
    """
    alone = [
        pace.alone_seconds(reads, writes)
        for reads, writes in zip(trace.input_tokens.tolist(), trace.output_tokens.tolist(), strict=True)
    ]
    floor = float(np.percentile(alone, TAIL))
    if floor > limit_seconds:
        return Missing(
            f"no fleet meets it: with a copy to itself p95 is {floor:,.3g} s, over {limit_seconds:,.3g} s",
            "take a faster GPU, shorter outputs or a higher limit",
        )
    enough = max(at_least, 1)
    p95 = tail(replay(trace, pace, enough))
    if p95 <= limit_seconds:
        return FleetFound(enough, p95)
    short = enough
    while p95 > limit_seconds:
        short, enough = enough, enough * 2
        if enough > MOST_COPIES:
            return Missing(f"more than {MOST_COPIES:,} copies would be needed", "take a faster GPU or a higher limit")
        p95 = tail(replay(trace, pace, enough))
    while enough - short > 1:
        middle = (enough + short) // 2
        found = tail(replay(trace, pace, middle))
        if found <= limit_seconds:
            enough, p95 = middle, found
        else:
            short = middle
    return FleetFound(enough, p95)


def tail(replayed: Replayed) -> float:
    """95th percentile of the time from arrival to last token, seconds."""
    return float(np.percentile(replayed.total, TAIL))


def made_up_trace(
    per_second: float, input_tokens: float, output_tokens: float, *, rng: np.random.Generator, room: float
) -> Trace:
    """Arrivals without memory (Poisson) at a constant rate, lengths log-normal around their means, for a team that has
    no log: real traffic comes in bursts and is worse."""
    seconds = np.cumsum(rng.exponential(1.0 / per_second, SYNTHETIC_REQUESTS))
    shift = np.exp(-(LENGTH_SPREAD**2) / 2.0)
    lengths = [
        np.maximum(np.round(mean * shift * rng.lognormal(0.0, LENGTH_SPREAD, SYNTHETIC_REQUESTS)), 1.0)
        for mean in (input_tokens, output_tokens)
    ]
    # A request longer than the cache is one that no server would take.
    scale = np.minimum(room / (lengths[0] + lengths[1]), 1.0)
    reads, writes = (np.maximum(np.floor(length * scale), 1.0) for length in lengths)
    return Trace("arrivals made up", seconds - seconds[0], reads, writes)
