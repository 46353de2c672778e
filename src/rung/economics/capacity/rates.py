"""What an hour of a GPU costs, as a distribution: quotes differ by a factor of four for the same chip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.capacity.tables import Gpu, Purchase
from rung.economics.draws import FloatArray, interval_percents, pert
from rung.estimate import Estimate, Figure, Missing, Provenance, exact

ONE_QUOTE = (0.75, 1.5)
"""Low and high around a price that was quoted once: assumed, about half of the spread of a GPU with many quotes."""


@dataclass(frozen=True, slots=True)
class GpuRate:
    """USD per GPU-hour as (low, mode, high), drawn as PERT; `figure` is the same with its source and date."""

    range: tuple[float, float, float]
    figure: Estimate
    name: str = "the stated price of a GPU-hour"

    def draws(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Shape (count,), USD per GPU-hour."""
        return pert(self.range, count, rng)


def gpu_rate(
    gpu: Gpu,
    purchase: Purchase = "on_demand",
    *,
    overrides: dict[str, float] | None = None,
    source: str | None = None,
    as_of: str | None = None,
) -> GpuRate | Missing:
    """The team's own price where `overrides` names the GPU (prices.gpu_usd_per_hour), else that of the table.

    Missing where neither has one.
    """
    stated = {name.casefold(): usd for name, usd in (overrides or {}).items()}.get(gpu.name.casefold())
    if stated is not None:
        told = ", ".join(part for part in (source, f"as of {as_of}" if as_of else None) if part)
        figure = exact(
            stated,
            "USD/GPU-hour",
            Provenance.ASSUMED,
            f"prices.gpu_usd_per_hour.{gpu.name} of rung.yaml" + (f" ({told})" if told else ""),
        )
        return GpuRate((stated, stated, stated), figure)
    rate = gpu.rates.get(purchase)
    if rate is None:
        ways = ", ".join(way.replace("_", "-") for way in gpu.rates)
        because = f"no {purchase.replace('_', '-')} price of a {gpu.name} was found" + (
            f", only {ways}" if ways else ""
        )
        return Missing(because, f"set prices.gpu_usd_per_hour.{gpu.name} in rung.yaml")
    bounds = (rate.low, rate.mode, rate.high)
    note = f"{rate.quotes} public quotes"
    if rate.quotes == 1:
        bounds = (rate.mode * ONE_QUOTE[0], rate.mode, rate.mode * ONE_QUOTE[1])
        note = "one public quote; the spread around it is assumed"
    name = f"{purchase.replace('_', '-')} price of a {gpu.name}, as of {rate.as_of}"
    return GpuRate(bounds, _as_figure(bounds, gpu, purchase, f"{rate.source}; as of {rate.as_of}", note), name)


def rate_figure(rate: GpuRate | Missing) -> Figure:
    """The rate to show, or why there is none."""
    return rate if isinstance(rate, Missing) else rate.figure


def _as_figure(bounds: tuple[float, float, float], gpu: Gpu, purchase: Purchase, source: str, note: str) -> Estimate:
    """Median, 5th and 95th percentile of the PERT from a fixed large sample (exact beta quantiles need scipy)."""
    sample = pert(bounds, 20_001, np.random.default_rng(0))
    low, value, high = (
        float(one) for one in np.percentile(sample, (interval_percents()[0], 50.0, interval_percents()[1]))
    )
    named = f"{purchase.replace('_', '-')} {gpu.name}: {source}"
    return Estimate(value, low, high, "USD/GPU-hour", None, Provenance.ASSUMED, named, note)
