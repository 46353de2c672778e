"""How often the 90 % band of a learning curve holds a planted truth, and how long a thousand resamples take.

    python benchmarks/learning_curve.py [replications, 400 unless given]

A truth is err(n) = c + a n^-b. An answer is wrong where a normal figure, made of the item's own difficulty, of what the
choice of training items does, and of the answer's own chance, lies below the quantile of err(n): over items and choices
the share of wrong answers is then err(n) exactly. Dev items and choices are drawn anew in every replication.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from rung.estimate import LEVEL, Estimate, Missing
from rung.forecast.learning_curve.observed import WHOLE, Observed
from rung.forecast.learning_curve.part import Question, forecast_part
from rung.forecast.learning_curve.result import PartForecast
from rung.forecast.learning_curve.subsets import planned_sizes
from rung.task.task import Target

LEVELS_SHOWN = (1.0, 2.0, 10.0)
"""The band is looked at here, in times of the largest number measured."""
DIFFICULTY, CHOICE = 0.6, 0.01
"""Shares of the variance: how alike the answers to one item are at all sizes, and how far fits on as many items differ
(0.01: a standard deviation of about 3 points at a share of .3)."""


@dataclass(frozen=True)
class Plant:
    """A truth, and what it is measured on."""

    name: str
    a: float
    b: float
    c: float
    train_items: int
    dev_items: int
    repeats: int
    minimum: float

    def error(self, labels: float) -> float:
        return float(self.c + self.a * labels**-self.b)

    @property
    def labels(self) -> float:
        """The labels that the target takes; infinity where it is never reached."""
        room = 1 - self.minimum - self.c
        return float((self.a / room) ** (1 / self.b)) if room > 0 else float("inf")


PLANTS = (
    Plant("falls to a floor", 2.0, 0.5, 0.10, 1000, 150, 5, 0.86),
    Plant("falls slowly", 0.9, 0.2, 0.0, 1000, 150, 5, 0.80),
    Plant("falls fast", 8.0, 1.0, 0.05, 400, 150, 5, 0.92),
    Plant("target out of reach", 2.0, 0.5, 0.25, 1000, 150, 5, 0.80),
    Plant("large dev", 2.0, 0.5, 0.10, 4000, 1000, 5, 0.87),
    Plant("two repeats", 2.0, 0.5, 0.10, 1000, 150, 2, 0.86),
)


def measured(plant: Plant, rng: np.random.Generator) -> Observed:
    """What fits at the planned sizes would have done; one fit on all of train."""
    sizes = planned_sizes(plant.train_items, 8)
    places = [(step, repeat) for repeat in range(plant.repeats) for step in range(len(sizes) - 1)]
    places.append((len(sizes) - 1, WHOLE))
    difficulty = np.sqrt(DIFFICULTY) * rng.normal(size=plant.dev_items)
    rows = []
    for step, _ in places:
        choice = np.sqrt(CHOICE) * rng.normal()
        own = np.sqrt(1 - DIFFICULTY - CHOICE) * rng.normal(size=plant.dev_items)
        rows.append(difficulty + choice + own < norm.ppf(plant.error(sizes[step])))
    return Observed(
        np.array([step for step, _ in places]),
        np.array([float(sizes[step]) for step, _ in places]),
        np.array([repeat for _, repeat in places]),
        np.array(rows, dtype=np.float64),
        np.arange(plant.dev_items),
    )


def forecast(plant: Plant, seed: int) -> PartForecast:
    question = Question(
        "",
        (Target("task_success", minimum=plant.minimum),),
        plant.train_items,
        Missing("", ""),
        "planted",
        seed,
    )
    return forecast_part(measured(plant, np.random.default_rng([7, seed])), question)


def holds(plant: Plant, found: PartForecast) -> tuple[list[bool], bool, bool]:
    """Whether the band holds the truth at each of `LEVELS_SHOWN`, whether the labels do, and whether they are bounded.

    Labels held: the truth lies between the ends, an end that is open or an answer of "more than" holding whatever the
    truth is on that side.
    """
    assert found.curve is not None
    inside = []
    for times in LEVELS_SHOWN:
        point = min(found.curve.band, key=lambda one: abs(one.labels - times * plant.train_items))
        truth = plant.error(point.labels)
        error = point.error
        assert isinstance(error, Estimate)
        assert error.low is not None
        assert error.high is not None
        inside.append(error.low <= truth <= error.high)
    labels = found.targets[0].labels
    if isinstance(labels, Missing):
        return inside, plant.labels > found.curve.limit / 10, False
    low, high = labels.low or 0.0, labels.high if labels.high is not None else float("inf")
    return inside, low <= plant.labels <= high, labels.high is not None


def main() -> None:
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"{replications} replications; the band is meant to hold the truth in {LEVEL:.0%}")
    print(f"{'truth':<20} " + "  ".join(f"at {times:>4g} x" for times in LEVELS_SHOWN) + "   labels  bounded  refused")
    seconds = []
    for plant in PLANTS:
        rows, refused = [], 0
        for seed in range(replications):
            start = time.perf_counter()
            found = forecast(plant, seed)
            seconds.append(time.perf_counter() - start)
            if found.curve is None:
                refused += 1
            else:
                inside, labels, bounded = holds(plant, found)
                rows.append([*inside, labels, bounded])
        shares = np.mean(rows, axis=0)
        told = "  ".join(f"{share:9.1%}" for share in shares[:3])
        print(f"{plant.name:<20} {told}  {shares[3]:7.1%}  {shares[4]:7.1%}  {refused / replications:7.1%}")
    print(f"a forecast with 1,000 resamples takes {statistics.median(seconds):.3f} s (median of {len(seconds)})")


if __name__ == "__main__":
    main()
