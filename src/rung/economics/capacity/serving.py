"""What serving a model of one's own takes: copies, GPUs, what a request meets, and USD a month."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp

import numpy as np

from rung.economics.assumptions import ASSUMED, HOURS_PER_MONTH, SECONDS_PER_MONTH
from rung.economics.capacity.calibration import MODEL_ERROR
from rung.economics.capacity.fleet import made_up_trace
from rung.economics.capacity.met import Met, met
from rung.economics.capacity.pace import pace_of
from rung.economics.capacity.rates import GpuRate
from rung.economics.capacity.roofline import (
    Copy,
    Precision,
    place,
    prefill_seconds,
    requests_per_second,
    sequences_in_memory,
    step_seconds,
)
from rung.economics.capacity.sizing import UTILISATION_CAP, Load, Sizing, size_fleet
from rung.economics.capacity.summary import summarise
from rung.economics.capacity.tables import Gpu, ModelShape
from rung.economics.capacity.trace import Trace, busiest, without_too_long
from rung.economics.draws import Z_OF_LEVEL, FloatArray, pert
from rung.estimate import Estimate, Figure, Missing, Provenance, exact

DRAWS = 5000
REPLAYED_REQUESTS = 20_000
REPLAYED_COPIES = 32
PEAK = ASSUMED["peak_factor"]
PEAK_SECONDS = 60.0
AVAILABLE_COPIES = 2
"""Copies at least where one may fail or be replaced while requests keep coming."""
SOURCE = "roofline fitted to published throughput"


@dataclass(frozen=True, slots=True)
class ServingJob:
    """What is to be served. Tokens are means a request; `trace` replaces made-up arrivals with real ones.

    `p95_seconds`: limit on the 95th percentile from arrival to last token; None: sized by throughput alone.
    """

    model: ModelShape
    gpu: Gpu
    input_tokens: float
    output_tokens: float
    requests_per_month: float
    trace: Trace | None = None
    p95_seconds: float | None = None
    copies_at_least: int = AVAILABLE_COPIES
    precision: Precision | None = None


@dataclass(frozen=True, slots=True)
class ServingDraws:
    """Draw i of each belongs together; shape (draws,).

    `requests_per_copy`: what one copy carries in a month, by throughput filled to the cap at the peak, and by the limit
    on p95 where there is one. `copy_usd`: what it costs in a month; None without a price. `copies` None: no fleet is
    enough.
    """

    copies: FloatArray | None
    requests_per_copy: FloatArray
    copy_usd: FloatArray | None

    @property
    def month_usd(self) -> FloatArray | None:
        """USD a month of the fleet."""
        return None if self.copies is None or self.copy_usd is None else self.copies * self.copy_usd


@dataclass(frozen=True, slots=True)
class ServingPlan:
    """What the fleet takes and gives. Speeds are those of one copy; `met` is what requests meet at the peak.

    `utilisation`: the month's arrivals over what the fleet could do if never idle. `dropped` requests of the trace fit
    into no copy.
    """

    job: ServingJob
    copy: Copy
    how: str
    sequences: Figure
    output_tokens_per_second: Figure
    requests_per_second: Figure
    prefill_ms: Figure
    token_ms: Figure
    peak_per_second: Figure
    copies: Figure
    gpus: Figure
    met: Met | Missing
    utilisation: Figure
    rate: Figure
    usd_per_month: Figure
    usd_per_request: Figure
    dropped: int
    draws: ServingDraws


def serving_plan(
    job: ServingJob, rate: GpuRate | Missing, *, draws: int = DRAWS, seed: int = 0
) -> ServingPlan | Missing:
    """The plan, or why the model cannot be served on this GPU.

    Every speed carries a log-normal model error of sigma .20; so does the number of copies, with the peak's range
    where no trace tells the peak. Idle hours are paid: a copy is on all month.
    """
    copy = place(job.model, job.gpu, job.input_tokens, job.output_tokens, precision=job.precision)
    if isinstance(copy, Missing):
        return copy
    rng = np.random.default_rng(seed)
    each = requests_per_second(copy, job.input_tokens, job.output_tokens)
    load, dropped = _load(job, copy, each, draws, rng)
    if isinstance(load, Missing):
        return load
    pace = pace_of(copy)
    error = np.exp(MODEL_ERROR * rng.standard_normal(draws))
    sizing = size_fleet(load, pace, each, error, job.copies_at_least, job.p95_seconds)
    carried = job.requests_per_month * each * UTILISATION_CAP / (error * load.peaks)
    if job.p95_seconds is not None and not isinstance(sizing, Missing):
        # The limit, not throughput, says what a copy carries, wherever it asks for more copies than availability does.
        bound = sizing.copies > job.copies_at_least
        carried = np.where(bound, np.minimum(carried, job.requests_per_month / sizing.copies), carried)
    usd = None if isinstance(rate, Missing) else rate.draws(draws, rng) * copy.gpus * HOURS_PER_MONTH
    known = ServingDraws(None if isinstance(sizing, Missing) else sizing.copies, carried, usd)
    sequences = sequences_in_memory(copy, job.input_tokens, job.output_tokens)
    return ServingPlan(
        job,
        copy,
        "" if isinstance(sizing, Missing) else sizing.how,
        exact(float(int(sequences)), "sequences", Provenance.MODELLED, "what memory holds, and the engine's limit"),
        _around(each * job.output_tokens, "tokens/s"),
        _around(each, "requests/s"),
        _around(prefill_seconds(copy, job.input_tokens) * 1000.0, "ms"),
        _around(step_seconds(copy, 1.0, job.input_tokens + job.output_tokens / 2.0) * 1000.0, "ms"),
        _peak(job, load),
        _count(sizing, 1, "copies"),
        _count(sizing, copy.gpus, "GPUs"),
        sizing if isinstance(sizing, Missing) else met(load.arrivals, pace, max(round(sizing.point / load.parts), 1)),
        _utilisation(job, sizing, each, error),
        rate if isinstance(rate, Missing) else rate.figure,
        _usd(known, sizing, rate, 1.0, "USD/month"),
        _usd(known, sizing, rate, job.requests_per_month, "USD/request"),
        dropped,
        known,
    )


def _load(job: ServingJob, copy: Copy, each: float, draws: int, rng: np.random.Generator) -> tuple[Load | Missing, int]:
    """Peak and arrivals, and how many requests of the trace no copy can hold."""
    mean = job.requests_per_month / SECONDS_PER_MONTH
    if job.trace is None:
        peaks = mean * pert((PEAK.low, PEAK.mode, PEAK.high), draws, rng)
        parts = _parts(float(np.median(peaks)), each)
        made_up = made_up_trace(
            float(np.median(peaks)) / parts, job.input_tokens, job.output_tokens, rng=rng, room=copy.room_tokens
        )
        return Load(peaks, made_up, real=False, parts=parts), 0
    kept, dropped = without_too_long(job.trace, copy.room_tokens)
    if kept is None:
        because = f"none of the {dropped:,} requests of {job.trace.name} fits beside the weights"
        return Missing(because, "take a GPU with more memory"), dropped
    peak = kept.peak_per_second(PEAK_SECONDS)
    parts = _parts(peak, each)
    arrivals = busiest(kept.part(slice(None, None, parts)), REPLAYED_REQUESTS)
    return Load(np.full(draws, peak), arrivals, real=True, parts=parts), dropped


def _parts(peak: float, each: float) -> int:
    return max(ceil(peak / (each * UTILISATION_CAP) / REPLAYED_COPIES), 1)


def _around(value: float, unit: str) -> Figure:
    """A modelled speed or time with the model error around it."""
    factor = exp(Z_OF_LEVEL * MODEL_ERROR)
    return Estimate(value, value / factor, value * factor, unit, None, Provenance.MODELLED, SOURCE)


def _peak(job: ServingJob, load: Load) -> Figure:
    if job.trace is not None:
        told = f"busiest {PEAK_SECONDS:g} s of {job.trace.name}"
        return exact(load.peak, "requests/s", Provenance.MEASURED, told)
    return summarise(load.peaks, "requests/s", Provenance.ASSUMED, f"mean arrivals x peak factor ({PEAK.source})")


def _count(sizing: Sizing | Missing, times: int, unit: str) -> Figure:
    if isinstance(sizing, Missing):
        return sizing
    note = "at the slow end of the model error no fleet meets the limit" if sizing.open_above else ""
    open_above = sizing.open_above
    return summarise(sizing.copies * times, unit, Provenance.MODELLED, sizing.how, note, open_above=open_above)


def _utilisation(job: ServingJob, sizing: Sizing | Missing, each: float, error: FloatArray) -> Figure:
    if isinstance(sizing, Missing):
        return sizing
    mean = job.requests_per_month / SECONDS_PER_MONTH
    share = np.minimum(mean * error / (sizing.copies * each), 1.0)
    return summarise(share, "share", Provenance.MODELLED, "the month's arrivals over what the fleet could do")


def _usd(known: ServingDraws, sizing: Sizing | Missing, rate: GpuRate | Missing, over: float, unit: str) -> Figure:
    if isinstance(sizing, Missing):
        return sizing
    if isinstance(rate, Missing):
        return rate
    usd = known.month_usd
    if usd is None:
        raise TypeError("a fleet with a price has a cost")
    note = "GPUs only; people's time is not in it"
    source = f"GPUs x {HOURS_PER_MONTH:g} hours x {rate.name}"
    return summarise(usd / over, unit, rate.figure.provenance, source, note, open_above=sizing.open_above)
