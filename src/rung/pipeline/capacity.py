"""Capacity and prices of a model of one's own: reads the project's own prices and a trace, then plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rung.adapters.prices import api_price, hosts_price
from rung.economics.assumptions import SECONDS_PER_MONTH
from rung.economics.capacity import (
    Crossing,
    Gpu,
    GpuRate,
    Hosting,
    Method,
    ModelShape,
    Purchase,
    ServingJob,
    ServingPlan,
    Trace,
    TrainingJob,
    TrainingPlan,
    Window,
    crossing,
    find_gpu,
    find_model,
    gpu_rate,
    metered_hosting,
    own_hosting,
    parse_trace,
    serving_plan,
    training_plan,
    usd_per_request,
    windows,
)
from rung.economics.capacity.roofline import Precision
from rung.errors import InvalidData, RungError, UsageError
from rung.estimate import Figure, Missing
from rung.task.file import read_task
from rung.task.task import Prices

VOLUME_DIFFERS = 1.5
"""A trace whose mean rate is so many times the month's, or its part, is said to be another stretch of traffic."""


@dataclass(frozen=True, slots=True)
class TrainingAsk:
    """What `rung capacity train` is asked, in its own words. `parameters` None: those of `model`."""

    parameters: float | None
    tokens: float
    method: Method
    gpu: str
    model: str | None
    rank: int
    sequence: int
    batch: int
    gpus: int | None
    purchase: Purchase


@dataclass(frozen=True, slots=True)
class ServingAsk:
    """What `rung capacity serve` is asked. Lengths and volume may be None where a trace tells them."""

    model: str
    gpu: str
    input_tokens: float | None
    output_tokens: float | None
    requests_per_month: float | None
    trace: Path | None
    p95_ms: float | None
    copies_at_least: int
    precision: Precision | None
    api: tuple[str, ...]
    managed: tuple[str, ...]
    cached_share: float
    batch: bool
    purchase: Purchase
    at: datetime


@dataclass(frozen=True, slots=True)
class ServingAnswer:
    """The plan, what others would charge, where the cheaper changes, and what the trace looks like."""

    plan: ServingPlan
    hostings: tuple[Hosting, ...]
    crossings: tuple[Crossing, ...]
    trace: Trace | None
    windows: tuple[Window, ...]
    notes: tuple[str, ...]


def plan_training(ask: TrainingAsk, project: Path | None) -> TrainingPlan:
    """The run that is asked for. UsageError names a GPU or model that is not there, with the nearest,
    and a size that is said twice."""
    gpu, model = _gpu(ask.gpu), None if ask.model is None else _model(ask.model)
    if model is not None and ask.parameters is not None:
        raise UsageError(f"--model {ask.model} says its size itself; leave out --parameters or --model")
    parameters = ask.parameters or (model.parameters if model else None)
    if parameters is None:
        raise UsageError("say how large the model is: --parameters 7e9, or --model llama-3.1-8b")
    job = TrainingJob(
        parameters, ask.tokens, ask.method, gpu, ask.rank, ask.sequence, ask.batch, model=model, gpus=ask.gpus
    )
    return training_plan(job, _rate(gpu, ask.purchase, project))


def plan_serving(ask: ServingAsk, project: Path | None) -> ServingAnswer:
    """The fleet, beside hosts paid by the token. RungError where no fleet of this GPU can hold the model."""
    gpu, model = _gpu(ask.gpu), _model(ask.model)
    trace = None if ask.trace is None else read_trace(ask.trace)
    job = _job(ask, model, gpu, trace)
    plan = serving_plan(job, _rate(gpu, ask.purchase, project))
    if isinstance(plan, Missing):
        raise RungError(f"{plan.because}; {plan.remedy}")
    metered = (*((name, _api(name, ask, job)) for name in ask.api), (f"managed {model.name}", _managed(ask, job)))
    return ServingAnswer(
        plan,
        (own_hosting(plan), *(metered_hosting(name, each, job.requests_per_month) for name, each in metered)),
        tuple(crossing(name, plan.draws, each, job.copies_at_least) for name, each in metered),
        trace,
        windows(trace) if trace else (),
        tuple(_notes(ask, job, plan, trace)),
    )


def read_trace(path: Path) -> Trace:
    """The arrivals of a CSV file. InvalidData where it cannot be read or holds no request."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return parse_trace(lines, path.name)
    except FileNotFoundError:
        raise InvalidData(f"{path} is not there; give --trace a CSV file of arrivals") from None
    except (IsADirectoryError, PermissionError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path} cannot be read as a UTF-8 CSV file ({type(error).__name__})") from error


def _job(ask: ServingAsk, model: ModelShape, gpu: Gpu, trace: Trace | None) -> ServingJob:
    asked = {
        "--input-tokens": ask.input_tokens or (float(trace.input_tokens.mean()) if trace else None),
        "--output-tokens": ask.output_tokens or (float(trace.output_tokens.mean()) if trace else None),
        "--requests-per-month": ask.requests_per_month or (trace.per_second * SECONDS_PER_MONTH if trace else None),
    }
    gaps = [name for name, value in asked.items() if value is None]
    if gaps:
        raise UsageError(f"say {', '.join(gaps)}, or give --trace a file of arrivals")
    reads, writes, volume = (value or 0.0 for value in asked.values())
    return ServingJob(
        model,
        gpu,
        reads,
        writes,
        volume,
        trace=trace,
        p95_seconds=None if ask.p95_ms is None else ask.p95_ms / 1000.0,
        copies_at_least=ask.copies_at_least,
        precision=ask.precision,
    )


def _api(name: str, ask: ServingAsk, job: ServingJob) -> Figure:
    prices = api_price(name, ask.at, input_tokens=job.input_tokens, batch=ask.batch)
    if isinstance(prices, Missing):
        return prices
    cached = ask.cached_share * job.input_tokens
    return usd_per_request(prices, job.input_tokens, job.output_tokens, cached_input_tokens=cached)


def _managed(ask: ServingAsk, job: ServingJob) -> Figure:
    return hosts_price(
        ask.managed or job.model.hosted_as,
        ask.at,
        input_tokens=job.input_tokens,
        output_tokens=job.output_tokens,
        cached_input_tokens=ask.cached_share * job.input_tokens,
        batch=ask.batch,
    )


def _notes(ask: ServingAsk, job: ServingJob, plan: ServingPlan, trace: Trace | None) -> list[str]:
    notes = []
    if trace is None:
        notes.append(
            "No trace: arrivals are made up without bursts, and the peak is assumed to be 2 to 8 times the mean. Give "
            "--trace a log to replay real arrivals."
        )
        return notes
    if trace.skipped:
        shown = "; ".join(trace.problems)
        notes.append(f"{trace.skipped:,} rows of {trace.name} could not be read and are left out: {shown}")
    if plan.dropped:
        notes.append(f"{plan.dropped:,} requests of {trace.name} are longer than the memory of a copy and left out.")
    ratio = trace.per_second * SECONDS_PER_MONTH / job.requests_per_month
    if ask.requests_per_month and not 1 / VOLUME_DIFFERS <= ratio <= VOLUME_DIFFERS:
        notes.append(
            f"{trace.name} brings {ratio:.2g} times the month's mean arrivals. The fleet is sized for the trace and "
            "paid all month; the costs are for the requests of the month."
        )
    if not ask.requests_per_month:
        notes.append(
            f"{trace.name} covers {trace.span_seconds / 3600.0:.2g} hours. The month is taken to be like them; a "
            "busier hour of the day is not in it."
        )
    return notes


def _rate(gpu: Gpu, purchase: Purchase, project: Path | None) -> GpuRate | Missing:
    prices = Prices() if project is None else read_task(project).prices
    return gpu_rate(gpu, purchase, overrides=prices.gpu_usd_per_hour, source=prices.source, as_of=prices.as_of)


def _gpu(name: str) -> Gpu:
    found = find_gpu(name)
    if isinstance(found, Missing):
        raise UsageError(f"{found.because}; {found.remedy}")
    return found


def _model(name: str) -> ModelShape:
    found = find_model(name)
    if isinstance(found, Missing):
        raise UsageError(f"{found.because}; {found.remedy}")
    return found
