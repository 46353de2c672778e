"""How many times faster the paired bootstrap is than scipy's: medians of five, taken in turns in one run.

python benchmarks/bootstrap.py [items, 15000 unless given] [resamples, 10000 unless given]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from rung.stats import paired_bootstrap

RUNS = 5
CELLS_PER_BATCH = 2_000_000  # scipy's default holds all resamples at once: several gigabytes at these sizes


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compared(first: NDArray[np.float64], second: NDArray[np.float64], resamples: int) -> tuple[float, float]:
    """Median seconds of ours and of scipy's, on the same scores."""

    def ours() -> object:
        return paired_bootstrap(first, second, level=0.9, draws=resamples, rng=np.random.default_rng(1))

    def theirs() -> object:
        return bootstrap(
            (first, second),
            lambda one, two, axis: (one - two).mean(axis=axis),
            paired=True,
            n_resamples=resamples,
            batch=max(1, CELLS_PER_BATCH // first.size),
            confidence_level=0.9,
            method="percentile",
            rng=np.random.default_rng(1),
        )

    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(RUNS)]
    return statistics.median(one for one, _ in pairs), statistics.median(two for _, two in pairs)


def main() -> None:
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 15_000
    resamples = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rng = np.random.default_rng(0)
    outcomes = ((rng.random(items) < 0.8).astype(np.float64), (rng.random(items) < 0.7).astype(np.float64))
    scores = (rng.random(items), rng.random(items))
    print(f"{items} items, {resamples} resamples, medians of {RUNS}")
    for name, pair, goal in (("outcomes 0/1", outcomes, 10.0), ("continuous scores", scores, 2.0)):
        ours, theirs = compared(*pair, resamples)
        met = "met" if theirs / ours >= goal else "MISSED"
        print(
            f"{name:<18} ours {ours:8.4f} s   scipy {theirs:7.3f} s   {theirs / ours:7.1f} times (goal {goal:g}: {met})"
        )


if __name__ == "__main__":
    main()
