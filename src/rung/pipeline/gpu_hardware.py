"""The GPUs of a large training: from the dated table, or as a person states them."""

from __future__ import annotations

from math import isfinite

from rung.economics.capacity.tables import find_gpu
from rung.errors import UsageError
from rung.estimate import Missing, Provenance
from rung.forecast.scaling import Hardware

TERA = 1e12


def hardware_for(
    name: str | None, *, peak_flops: float | None, usd_per_hour: float | None, gpus: int
) -> Hardware | None:
    """The hardware, None where neither a name nor a peak is given. What is stated stands above the table.

    UsageError for a name that the table lacks, a number that is none, or a price without a GPU.
    """
    for option, value in (("--gpu-peak-flops", peak_flops), ("--gpu-usd-per-hour", usd_per_hour)):
        if value is not None and not (isfinite(value) and value > 0):
            raise UsageError(f"{option} must be a number above 0, got {value:g}")
    if name is None and peak_flops is None:
        if usd_per_hour is not None:
            raise UsageError("--gpu-usd-per-hour needs a GPU: add --gpu H100 or --gpu-peak-flops 1e15")
        return None
    if name is None and peak_flops is not None:
        price = None if usd_per_hour is None else (usd_per_hour,) * 3
        return Hardware("stated", gpus, peak_flops, price, "--gpu-peak-flops", Provenance.ASSUMED)
    found = find_gpu(name or "")
    if isinstance(found, Missing):
        raise UsageError(f"--gpu: {found.because}; {found.remedy}")
    peak = found.bf16_tflops * TERA if peak_flops is None else peak_flops
    source = f"{found.title}: peak {found.source}"
    if usd_per_hour is not None:
        return Hardware(
            found.name, gpus, peak, (usd_per_hour,) * 3, f"{source}; price --gpu-usd-per-hour", Provenance.ASSUMED
        )
    rate = found.rates.get("on_demand")
    if rate is None:
        return Hardware(found.name, gpus, peak, None, source, Provenance.DIRECTIONAL)
    priced = f"{source}; price on demand {rate.source}, {rate.as_of}"
    return Hardware(found.name, gpus, peak, (rate.low, rate.mode, rate.high), priced, Provenance.DIRECTIONAL)
