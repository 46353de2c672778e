"""From finished runs to the whole answer, or to why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rung.estimate import Estimate, Figure
from rung.forecast.scaling.answer import fitted_law, needed_loss
from rung.forecast.scaling.fit import DRAWS, fit_law
from rung.forecast.scaling.hardware import Hardware
from rung.forecast.scaling.result import Refusal, ScalingForecast, TextFacts
from rung.forecast.scaling.run import ScalingRun
from rung.forecast.scaling.support import LARGEST_RESIDUAL, SMALLEST_HELD_OUT, SMALLEST_TEXT, judged, too_little

SOURCE = "law fitted to own runs, joint bootstrap (rung forecast scaling)"


def too_small(text: TextFacts) -> Refusal | None:
    """Why no run on this text could tell anything; None where runs can."""
    if text.distinct >= SMALLEST_TEXT and text.held_out < SMALLEST_HELD_OUT:
        return Refusal(
            "text too alike",
            f"only {text.held_out:,} bytes could be held out, and {SMALLEST_HELD_OUT:,} are needed: the entries are "
            f"nearly all copies of one another ({text.entries:,} entries in {text.families:,} families)",
            "add texts of other kinds to data.corpus in rung.yaml",
        )
    if text.distinct >= SMALLEST_TEXT:
        return None
    copies = f" ({text.copies:,} of its entries are copies of others)" if text.copies else ""
    return Refusal(
        "text too small",
        f"{text.distinct:,} distinct bytes of text to train on{copies}; at least {SMALLEST_TEXT:,} are needed",
        "add texts to data.corpus in rung.yaml; a model that small in data cannot be forecast",
    )


def scaling_forecast(
    runs: Sequence[ScalingRun],
    text: TextFacts,
    *,
    planned: int,
    ignorant_nats: float,
    needed: Estimate | None,
    hardware: Hardware | None,
    machine: str,
    seed: int,
    draws: int = DRAWS,
    notes: Sequence[str] = (),
) -> ScalingForecast:
    """The law of the runs and what the needed loss would take. Refusals stand in the value; nothing is raised."""
    marked = judged(runs, ignorant_nats=ignorant_nats)
    used = [run for run in marked if run.used]
    found = ScalingForecast(
        text=text, runs=marked, planned=planned, fit=None, need=None, notes=tuple(notes), machine=machine, seed=seed,
        needed=needed, hardware=_told(hardware),
    )  # fmt: skip
    small = too_small(text)
    refusals = (*([small] if small else []), *too_little(marked, planned=planned))
    if refusals:
        return replace(found, refusals=refusals)
    rng = np.random.default_rng(seed)
    fit = fit_law(used, rng=rng, draws=draws)
    if fit.residual > LARGEST_RESIDUAL:
        because = (
            f"the runs lie {fit.residual:.1%} of their loss around the law of best fit, and more than "
            f"{LARGEST_RESIDUAL:.0%} means that they follow another one"
        )
        remedy = (
            "add text to data.corpus: longer runs leave the first moments, where the loss of a model that begins to "
            "know words falls faster than any law; or look at the runs that stand out"
        )
        return replace(found, refusals=(Refusal("poor fit", because, remedy),))
    found = replace(found, fit=fitted_law(fit, used, source=SOURCE))
    if needed is None:
        return found
    need, refusals = needed_loss(
        fit, needed, runs=used, distinct=text.distinct, hardware=hardware, rng=rng, source=SOURCE
    )
    return replace(found, need=need, refusals=refusals)


def _told(hardware: Hardware | None) -> dict[str, Figure]:
    if hardware is None:
        return {}
    peak = hardware.peak_flops

    def exactly(value: float, low: float, high: float, unit: str) -> Estimate:
        return Estimate(value, low, high, unit, None, hardware.provenance, hardware.source)

    figures: dict[str, Figure] = {
        "peak": exactly(peak, peak, peak, "FLOP/s"),
        "gpus": exactly(hardware.gpus, hardware.gpus, hardware.gpus, "GPUs"),
    }
    if hardware.usd_per_hour is not None:
        low, likely, high = hardware.usd_per_hour
        figures["price"] = exactly(likely, low, high, "USD/GPU-hour")
    return figures
