"""How often the intervals of the scaling fit hold the law that was planted, and how long a thousand draws take.

python benchmarks/scaling_law.py [replications, 200 unless given]
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

import numpy as np

from rung.estimate import LEVEL
from rung.forecast.scaling import Law, ScalingRun, fit_law
from rung.forecast.scaling.law import COLUMNS, flops_for_loss, frontier_loss, loss

SIZES = (55_000, 99_000, 231_000, 452_000, 996_000)
TOKENS = (60_000, 150_000, 300_000, 720_000)
DRAWS = 1_000
DRAWS_OF_COVERAGE = 400
"""Enough for the 5th and 95th percentile of one replication among hundreds."""
LAWS = {
    "flat valley": Law(irreducible=0.6, parameter_scale=90.0, data_scale=148.0, alpha=0.45, beta=0.45),
    "as Besiroglu": Law(irreducible=0.7, parameter_scale=48.0, data_scale=60.0, alpha=0.35, beta=0.37),
}


@dataclass(frozen=True, slots=True)
class Noise:
    """How the log losses scatter: standard deviation, degrees of freedom of Student's t (0: normal), and how much
    larger it is at the fewest tokens than at the most."""

    name: str
    deviation: float
    freedom: int = 0
    uneven: float = 1.0

    def draw(self, rng: np.random.Generator, tokens: int) -> float:
        """One error in log loss."""
        share = (np.log(tokens) - np.log(TOKENS[-1])) / (np.log(TOKENS[0]) - np.log(TOKENS[-1]))
        scale = self.deviation * self.uneven**share
        if self.freedom:
            return float(scale * rng.standard_t(self.freedom) * np.sqrt((self.freedom - 2) / self.freedom))
        return float(scale * rng.standard_normal())


NOISES = (
    Noise("0.3 %", 0.003),
    Noise("1 %", 0.01),
    Noise("1 %, t of 3", 0.01, freedom=3),
    Noise("0.5 %, four times larger at few tokens", 0.005, uneven=4.0),
)


def runs_of(law: Law, noise: Noise, rng: np.random.Generator) -> list[ScalingRun]:
    """The grid of `rung forecast scaling`, once."""
    return [
        ScalingRun("", size, 0, read, 10**9, float(loss(law, size, read) * np.exp(noise.draw(rng, read))))
        for size in SIZES
        for read in TOKENS
    ]


def held(law: Law, noise: Noise, replications: int, seed: int) -> tuple[dict[str, tuple[float, float]], float]:
    """Share of replications whose interval holds the truth, and share whose interval lies above it; by what is told.
    And the median width of the interval of the loss one decade on, as a share of it."""
    decade_on = 10 * 6 * max(SIZES) * max(TOKENS)
    needed = float(frontier_loss(law.as_draws(), decade_on)[0, 0])
    truths = {name: float(getattr(law, name)) for name in COLUMNS}
    truths |= {"loss, one decade on": needed, "compute for that loss": float(decade_on)}
    inside = dict.fromkeys(truths, 0)
    above = dict.fromkeys(truths, 0)
    widths: list[float] = []
    tail = (1 - LEVEL) / 2
    for number in range(replications):
        rng = np.random.default_rng([seed, number])
        fit = fit_law(runs_of(law, noise, rng), rng=rng, draws=DRAWS_OF_COVERAGE)
        drawn = {name: fit.draws.column(name) for name in COLUMNS}
        drawn["loss, one decade on"] = frontier_loss(fit.draws, decade_on)[:, 0]
        drawn["compute for that loss"] = np.minimum(flops_for_loss(fit.draws, needed), 1e300)
        for name, values in drawn.items():
            low, high = np.quantile(values, [tail, 1 - tail])
            inside[name] += bool(low <= truths[name] <= high)
            above[name] += bool(truths[name] < low)
            if name == "loss, one decade on":
                widths.append((high - low) / truths[name])
    shares = {name: (inside[name] / replications, above[name] / replications) for name in truths}
    return shares, statistics.median(widths)


def main() -> None:
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = np.random.default_rng(0)
    runs = runs_of(LAWS["flat valley"], NOISES[1], rng)
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        fit_law(runs, rng=rng, draws=DRAWS)
        times.append(time.perf_counter() - start)
    print(f"{DRAWS:,} joint bootstrap draws of {len(runs)} runs: {statistics.median(times):.2f} s, median of 5")
    print(f"coverage over {replications} replications, nominal {LEVEL:.2f}; in brackets: interval above the truth")
    for law_name, law in LAWS.items():
        for noise in NOISES:
            shares, width = held(law, noise, replications, seed=1)
            print(f"\n{law_name}, noise of log loss {noise.name}")
            for name, (share, above) in shares.items():
                print(f"  {name:24s} {share:.3f} ({above:.3f})", flush=True)
            print(f"  width of the loss one decade on: {width:.1%}")


if __name__ == "__main__":
    main()
