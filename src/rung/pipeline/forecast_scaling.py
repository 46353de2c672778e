"""`rung forecast scaling`: small runs on the team's own texts, the law fitted to them, and what a needed loss takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rung.adapters.clock import SystemClock
from rung.adapters.lock import project_lock
from rung.adapters.machine import describe_machine
from rung.errors import InvalidData, UsageError
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.evidence.prepare import Evidence, prepare_evidence
from rung.forecast.scaling import (
    ScalingForecast,
    Texts,
    planned_runs,
    prepare_texts,
    scaling_forecast,
    too_small,
)
from rung.pipeline.gpu_hardware import hardware_for
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.pretrained_loss import pretrained_loss
from rung.pipeline.small_runs import finished_runs
from rung.pipeline.state import STATE
from rung.task.file import read_task
from rung.task.task import Task

MINUTES = 20.0


@dataclass(frozen=True, slots=True)
class ScalingAsked:
    """What a person asks for. `needed_bits` None: the loss of the project's own pre-trained model on the same text.

    `gpu` names one of the table; `gpu_peak_flops` and `gpu_usd_per_hour` stand above it. `gpus` train at once.
    """

    minutes: float = MINUTES
    needed_bits: float | None = None
    gpu: str | None = None
    gpu_peak_flops: float | None = None
    gpu_usd_per_hour: float | None = None
    gpus: int = 8


@dataclass(frozen=True, slots=True)
class ScalingForecasted:
    """The forecast, and the folder where its files go."""

    forecast: ScalingForecast
    folder: Path


def forecast_scaling(task_file: Path, asked: ScalingAsked, *, observer: Observer | None = None) -> ScalingForecasted:
    """Train what the time allows, fit the law to all finished runs, and answer. Refusals stand in the forecast.

    Finished runs, and checkpoints of one under way, are kept in `.rung/scaling/` below the directory of rung.yaml.
    InvalidData where the text is too small for any run, or no run is finished and no time was given to finish one.
    """
    observer = observer or Silent()
    if asked.needed_bits is not None and not 0 < asked.needed_bits <= 64:
        raise UsageError(f"--needed must be a loss above 0 and at most 64 bits per byte, got {asked.needed_bits:g}")
    hardware = hardware_for(
        asked.gpu, peak_flops=asked.gpu_peak_flops, usd_per_hour=asked.gpu_usd_per_hour, gpus=asked.gpus
    )
    task = read_task(task_file)
    texts = texts_of(task, prepare_evidence(task))
    small = too_small(texts.facts)
    if small is not None:
        raise InvalidData(f"{small.because}, so nothing could be trained; {small.remedy}")
    state = task.directory / STATE
    clock = SystemClock()
    plan = planned_runs(texts.facts.distinct)
    with project_lock(state, now=clock.now, say=observer.note):
        observer.stage("scaling", f"{len(plan)} small models on {texts.facts.distinct:,} bytes of text")
        runs, notes = finished_runs(
            plan, texts, state / "scaling", seed=task.seed, minutes=asked.minutes, clock=clock, observer=observer
        )
        if not runs:
            raise InvalidData(
                f"no run was finished in {asked.minutes:g} minutes and none is kept, so there is nothing to fit; give "
                "it more time with --minutes"
            )
        needed = _needed(task, asked, texts, state / "scaling", notes, observer)
    forecast = scaling_forecast(
        runs,
        texts.facts,
        planned=len(plan),
        ignorant_nats=texts.ignorant_nats,
        needed=needed,
        hardware=hardware,
        machine=describe_machine(),
        seed=task.seed,
        notes=notes,
    )
    return ScalingForecasted(forecast, state / "forecasts" / "scaling")


def texts_of(task: Task, evidence: Evidence) -> Texts:
    """The corpus and the inputs of the train part; nothing of dev or sealed, which other commands measure on."""
    corpus = [entry.passage for entry in evidence.corpus]
    return prepare_texts([*corpus, *(example.input for example in evidence.split.train)], seed=task.seed)


def _needed(
    task: Task, asked: ScalingAsked, texts: Texts, folder: Path, notes: list[str], observer: Observer
) -> Estimate | None:
    """What a person named, or what the pre-trained model reaches, or nothing with a note that says why."""
    if asked.needed_bits is not None:
        return exact(asked.needed_bits, "bits per byte", Provenance.ASSUMED, "--needed")
    found = pretrained_loss(task, texts, folder, observer=observer)
    if isinstance(found, Missing):
        notes.append(f"No needed loss: {found.because}; {found.remedy}.")
        return None
    return found
