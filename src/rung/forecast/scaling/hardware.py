"""The GPUs that a large training would run on, and what is spent on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.estimate import Provenance
from rung.forecast.scaling.law import FloatArray

UTILISATION = (0.25, 0.42, 0.52)
"""Low, likely and high share of a GPU's peak that a training run uses (model FLOPs utilisation, Chowdhery et al. 2022,
arXiv:2204.02311). LLaMA's published GPU-hours (Touvron et al. 2023, arXiv:2302.13971) are met at .45."""
SECONDS_PER_HOUR = 3600.0
HOURS_PER_WEEK = 168.0


@dataclass(frozen=True, slots=True)
class Hardware:
    """`gpus` GPUs of `peak_flops` operations a second each; `usd_per_hour` low, likely and high of one, None unknown.

    `source` says where peak and price come from, `provenance` how good they are.
    """

    name: str
    gpus: int
    peak_flops: float
    usd_per_hour: tuple[float, float, float] | None
    source: str
    provenance: Provenance

    def hours(self, flops: FloatArray, rng: np.random.Generator) -> FloatArray:
        """GPU-hours of each draw: 6 N D / (utilisation x peak x 3600)."""
        utilisation = rng.triangular(*UTILISATION, size=flops.shape)
        return np.asarray(flops / (utilisation * self.peak_flops * SECONDS_PER_HOUR))

    def usd(self, hours: FloatArray, rng: np.random.Generator) -> FloatArray | None:
        """USD of each draw, the price drawn from a triangle between its ends; None without a price."""
        if self.usd_per_hour is None:
            return None
        low, likely, high = self.usd_per_hour
        price = rng.triangular(low, likely, high, size=hours.shape) if high > low else np.full(hours.shape, likely)
        return np.asarray(hours * price)

    def weeks(self, hours: FloatArray) -> FloatArray:
        """Weeks of all GPUs together, day and night."""
        return np.asarray(hours / (self.gpus * HOURS_PER_WEEK))
