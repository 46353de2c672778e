"""The uncertain figures that all strategies share, drawn once, so that strategies differ by what differs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.assumptions import ENGINEER_WEEK, PEAK, VOLUME
from rung.economics.draws import FloatArray, pert
from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class SharedDrivers:
    """Common random numbers: draw i of every strategy uses row i of these. Each of shape (draws,).

    `volume_factor` multiplies the stated monthly volume, `peak_factor` the mean arrivals; `engineer_week_usd` is a
    loaded week of an engineer.
    """

    volume_factor: FloatArray
    peak_factor: FloatArray
    engineer_week_usd: FloatArray

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.volume_factor)


def shared_drivers(task: Task, *, draws: int = 5000) -> SharedDrivers:
    """The drivers of this task, the same for the same seed."""
    rng = np.random.default_rng([task.seed, 0])
    return SharedDrivers(
        pert(VOLUME.range, draws, rng), pert(PEAK.range, draws, rng), pert(ENGINEER_WEEK.range, draws, rng)
    )
