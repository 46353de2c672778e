"""How many copies a job needs, as draws: by throughput, and by replay where a limit on p95 is set."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp

import numpy as np

from rung.economics.assumptions import ASSUMED
from rung.economics.capacity.calibration import MODEL_ERROR
from rung.economics.capacity.fleet import copies_for, smallest_fleet
from rung.economics.capacity.pace import Pace
from rung.economics.capacity.trace import Trace
from rung.economics.draws import Z_OF_LEVEL, FloatArray
from rung.estimate import Missing

UTILISATION_CAP = ASSUMED["utilisation_cap"].mode
"""Share of a copy's throughput that the peak may fill."""
SPEEDS = (exp(-Z_OF_LEVEL * MODEL_ERROR), 1.0, exp(Z_OF_LEVEL * MODEL_ERROR))
"""How much longer everything takes at the 5th, 50th and 95th percentile of the model error."""


@dataclass(frozen=True, slots=True)
class Load:
    """What arrives: a peak in requests a second as draws, and arrivals to replay.

    A large fleet is replayed as one of `parts` equal ones, with every parts-th request: the arrivals are then those of
    a part, and copies count `parts` times. A smaller queue pools less, so this errs towards more copies.
    """

    peaks: FloatArray
    arrivals: Trace
    real: bool
    parts: int = 1

    @property
    def peak(self) -> float:
        """Median of the peaks."""
        return float(np.median(self.peaks))


@dataclass(frozen=True, slots=True)
class Sizing:
    """`point` copies at the middle of everything, and as draws, shape (draws,). `open_above`: at the slow end of the
    model error no fleet meets the limit."""

    point: int
    copies: FloatArray
    how: str
    open_above: bool = False


def size_fleet(
    load: Load, pace: Pace, each_per_second: float, error: FloatArray, at_least: int, limit_seconds: float | None
) -> Sizing | Missing:
    """Whole copies for the peak. `each_per_second` is a copy's throughput, `error` (draws,) how much longer it takes.

    With a limit the replay finds the fewest copies at three speeds and the draws lie on the line between them in the
    log of the error; made-up arrivals stand at the middle peak, so there a draw's copies grow with its peak. Never
    fewer than by throughput.
    """
    count = copies_for(load.peaks, each_per_second / error, UTILISATION_CAP, at_least)
    middle = copies_for(np.array([load.peak]), np.array([each_per_second]), UTILISATION_CAP, at_least)
    point = int(middle[0])
    how = f"throughput, filled to {UTILISATION_CAP:.0%} at the peak"
    if limit_seconds is None:
        return Sizing(point, count, how)
    found = [
        smallest_fleet(load.arrivals, pace.slower(by), limit_seconds, ceil(at_least / load.parts)) for by in SPEEDS
    ]
    at_speed = found[1]
    if isinstance(at_speed, Missing):
        return at_speed
    fast, slow = found[0], found[2]
    copies = [load.parts * (at_speed if isinstance(one, Missing) else one).copies for one in (fast, at_speed, slow)]
    by_replay = np.interp(np.log(error), np.log(SPEEDS), copies)
    if not load.real:
        by_replay = by_replay * load.peaks / load.peak
    return Sizing(
        max(point, copies[1]),
        np.maximum(count, np.ceil(by_replay - 1e-9)),
        f"{how}; and p95 within {limit_seconds:g} s in a replay",
        isinstance(slow, Missing),
    )
