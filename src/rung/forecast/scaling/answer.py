"""From the fitted law to figures: its constants, its frontier, and what a needed loss would take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log

import numpy as np

from rung.estimate import Estimate, Figure, Missing, Provenance, weakest
from rung.forecast.scaling.fit import Fit
from rung.forecast.scaling.hardware import Hardware
from rung.forecast.scaling.law import FloatArray, flops_for_loss, frontier_loss, optimal_parameters_of
from rung.forecast.scaling.quantiles import told
from rung.forecast.scaling.repeated_data import DATA_HALF_LIFE
from rung.forecast.scaling.result import FittedLaw, FrontierPoint, NeededLoss, Refusal
from rung.forecast.scaling.run import ScalingRun
from rung.forecast.scaling.support import MOST_EXTRAPOLATION

FRONTIER_POINTS = 25
Told = Callable[[FloatArray, str, Provenance, str], Figure]
NO_GPU = Missing("no GPU was named", "rung forecast scaling --gpu H100, or --gpu-peak-flops and --gpu-usd-per-hour")
NO_PRICE = Missing("the GPU has no price", "rung forecast scaling --gpu-usd-per-hour PRICE")


def fitted_law(fit: Fit, runs: Sequence[ScalingRun], *, source: str) -> FittedLaw:
    """The constants, the residual and the frontier of the law of these runs, which were all used."""
    largest = max(run.flops for run in runs)
    ceiling = largest * MOST_EXTRAPOLATION
    together = "moves together with the other constants; drawn alone it is no law"

    def constant(name: str, unit: str, times: float = 1.0) -> Figure:
        value = float(fit.best.column(name)[0]) * times
        return told(
            fit.draws.column(name) * times, unit, runs=fit.runs, provenance=Provenance.MODELLED, source=source,
            note=together, value=value,
        )  # fmt: skip

    computes = np.geomspace(min(run.flops for run in runs), ceiling, FRONTIER_POINTS)
    points = _frontier(fit, computes, largest, source)
    return FittedLaw(
        irreducible=constant("irreducible", "nats a byte"),
        parameter_scale=constant("parameter_scale", ""),
        data_scale=constant("data_scale", ""),
        alpha=constant("alpha", ""),
        beta=constant("beta", ""),
        irreducible_bits=constant("irreducible", "bits per byte", 1 / log(2)),
        residual=Estimate(
            fit.residual, fit.residual, fit.residual, "share", fit.runs, Provenance.MEASURED, source,
            "standard deviation of the runs around the law, as a share of the loss",
        ),
        frontier=points,
        largest_flops=largest,
        ceiling_flops=ceiling,
        at_ceiling=points[-1].bits_per_byte,
        draws=fit.draws.count,
    )  # fmt: skip


def _frontier(fit: Fit, computes: FloatArray, largest: float, source: str) -> tuple[FrontierPoint, ...]:
    bits = frontier_loss(fit.draws, computes) / log(2)
    best = frontier_loss(fit.best, computes)[0] / log(2)
    return tuple(
        FrontierPoint(
            float(compute),
            told(
                bits[:, place], "bits per byte", runs=fit.runs, provenance=Provenance.MODELLED, source=source,
                value=float(best[place]), note="the best size for this compute, on text that is not repeated",
            ),
            bool(compute > largest * (1 + 1e-9)),
        )
        for place, compute in enumerate(computes)
    )  # fmt: skip


def needed_loss(
    fit: Fit,
    needed: Estimate,
    *,
    runs: Sequence[ScalingRun],
    distinct: int,
    hardware: Hardware | None,
    rng: np.random.Generator,
    source: str,
) -> tuple[NeededLoss, tuple[Refusal, ...]]:
    """What `needed` bits per byte would take, and why where that cannot be told. `distinct` bytes of text are there."""
    ceiling = MOST_EXTRAPOLATION * max(run.flops for run in runs)
    flops = flops_for_loss(fit.draws, needed.value * log(2))
    reached = np.isfinite(flops)
    never = float(1 - reached.mean())
    beyond = float((flops[reached] > ceiling).sum() / flops.size)
    refusals = _refusals(fit, needed.value, flops, runs, ceiling, never)
    if refusals:
        gap = Missing(refusals[0].because, refusals[0].remedy)
        return NeededLoss(needed, never, beyond, *([gap] * 8)), refusals
    too_far = f"{never + beyond:.0%} of the draws of the law never get there, or not within two decades of compute"
    modelled = weakest([Provenance.MODELLED, needed.provenance])
    inside = flops <= ceiling
    # What lies beyond counts as without end below; until then it must not meet itself in a division.
    flops = np.minimum(flops, ceiling)

    def figure(draws: FloatArray, unit: str, provenance: Provenance, note: str) -> Figure:
        return told(
            np.where(inside, draws, np.inf), unit, runs=fit.runs, provenance=provenance, source=source, note=note,
            beyond=too_far,
        )  # fmt: skip

    parameters = optimal_parameters_of(fit.draws, flops)
    tokens = flops / (6 * parameters)
    hours, usd, weeks = _spent(figure, flops, hardware, modelled, rng)
    return (
        NeededLoss(
            needed=needed,
            never=never,
            beyond=beyond,
            flops=figure(flops, "FLOPs", modelled, ""),
            parameters=figure(parameters, "parameters", modelled, "without embeddings"),
            tokens=figure(tokens, "bytes", modelled, "distinct text, read once"),
            more_text=figure(
                np.maximum(tokens - distinct, 0), "bytes", modelled, f"beyond the {distinct:,} that are there"
            ),
            by_repeating=_epochs(figure, tokens, distinct, modelled),
            gpu_hours=hours,
            usd=usd,
            weeks=weeks,
        ),
        (),
    )


def _refusals(
    fit: Fit, needed: float, flops: FloatArray, runs: Sequence[ScalingRun], ceiling: float, never: float
) -> tuple[Refusal, ...]:
    floor = float(fit.best.column("irreducible")[0]) / log(2)
    if floor >= needed or never > 0.5:
        because = (
            f"{needed:.3g} bits per byte lie under what the law calls irreducible on this text, {floor:.3f}; "
            f"{never:.0%} of the draws never reach it, whatever the compute"
        )
        return (Refusal("unreachable", because, "ask for less, or look at texts that say more of what is to come"),)
    worst = max(runs, key=lambda run: run.bits_per_byte)
    if needed >= worst.bits_per_byte:
        because = (
            f"every run is at or under {needed:.3g} bits per byte already, the worst with {worst.bits_per_byte:.3f} "
            f"({worst.parameters:,} parameters, {worst.tokens:,} bytes)"
        )
        return (Refusal("already reached", because, "name a lower loss"),)
    if float(np.median(flops)) > ceiling:
        least = float(np.quantile(flops, 0.05))
        because = (
            f"{needed:.3g} bits per byte lie more than two decades of compute beyond the largest run "
            f"({ceiling / MOST_EXTRAPOLATION:.2g} FLOPs), where the runs say nothing; 95% of the draws of the law need "
            f"more than {min(least, ceiling):.2g} FLOPs"
        )
        return (Refusal("too far", because, "train larger runs on more text, or ask for a loss that is nearer"),)
    return ()


def _epochs(figure: Told, tokens: FloatArray, distinct: int, modelled: Provenance) -> Figure:
    """How often the text that is there would be read to be worth so much; Missing where no number of times would do."""
    spent = np.maximum(tokens - distinct, 0) / (distinct * DATA_HALF_LIFE)
    with np.errstate(divide="ignore"):
        repeated = 1 - DATA_HALF_LIFE * np.log1p(-np.minimum(spent, 1.0))
    epochs = np.where(tokens < distinct, tokens / distinct, repeated)
    if np.isinf(np.median(epochs)):
        return Missing(
            f"the {distinct:,} bytes of text that are there are worth at most {distinct * (1 + DATA_HALF_LIFE):,.0f} "
            "fresh ones, however often they are read",
            "collect more text",
        )
    return figure(epochs, "epochs", modelled, "of the text that is there, at the same size; compute grows with it")


def _spent(
    figure: Told, flops: FloatArray, hardware: Hardware | None, modelled: Provenance, rng: np.random.Generator
) -> tuple[Figure, Figure, Figure]:
    """(GPU-hours, USD, weeks)."""
    if hardware is None:
        return NO_GPU, NO_GPU, NO_GPU
    # The share of the peak that training uses is a planning range, whatever the law is.
    provenance = weakest([modelled, hardware.provenance, Provenance.DIRECTIONAL])
    hours = hardware.hours(flops, rng)
    usd = hardware.usd(hours, rng)
    return (
        figure(hours, "GPU-hours", provenance, hardware.source),
        NO_PRICE if usd is None else figure(usd, "USD", provenance, hardware.source),
        figure(hardware.weeks(hours), "weeks", provenance, f"on {hardware.gpus} at once, day and night"),
    )
