"""How many GPU-hours, GPUs, weeks and USD a training run takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.economics.capacity.memory import Method, Shape, TrainingMemory, shape_of, training_memory
from rung.economics.capacity.rates import GpuRate
from rung.economics.capacity.summary import summarise
from rung.economics.capacity.tables import Gpu, ModelShape
from rung.economics.capacity.utilisation import mfu_draws
from rung.economics.draws import FloatArray, pert
from rung.estimate import Estimate, Figure, Missing, Provenance

FLOPS_PER_PARAMETER_AND_TOKEN = 6.0
LORA_SHARE = (4.0 / 6.0, 5.0 / 6.0, 1.0)
"""Of the 6 N D: frozen weights need no gradients of their own (4 N D); activations computed again add up to 2 N D."""
UNPACKING = (1.0, 1.3, 1.75)
"""QLoRA unpacks its 4-bit weights for every product: how much longer a step takes, assumed."""
HOURS_PER_WEEK = 168.0
DRAWS = 5000


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One run. `batch` sequences of `sequence` tokens a step on each GPU; `gpus` None: as few as hold it."""

    parameters: float
    tokens: float
    method: Method
    gpu: Gpu
    rank: int = 8
    sequence: float = 2048
    batch: float = 8
    model: ModelShape | None = None
    gpus: int | None = None

    @property
    def tokens_per_step(self) -> float:
        """Tokens on one GPU between two optimiser steps."""
        return self.batch * self.sequence

    @property
    def shape(self) -> Shape:
        """Layers and hidden size, the model's own or guessed."""
        return shape_of(self.parameters, self.model)


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What the run takes. `memory` Missing says why no number of GPUs holds it; then only the hours are known."""

    job: TrainingJob
    memory: TrainingMemory | Missing
    trainable_parameters: Figure
    mfu: Figure
    gpu_hours: Figure
    gpus: Figure
    weeks: Figure
    rate: Figure
    usd: Figure


def gpu_hours(parameters: float, tokens: float, mfu: float, peak_flops: float) -> float:
    """6 N D / (MFU x peak x 3600): forward 2 N D, backward 4 N D (Kaplan et al. 2020, arXiv 2001.08361)."""
    return FLOPS_PER_PARAMETER_AND_TOKEN * parameters * tokens / (mfu * peak_flops * 3600.0)


def training_hours_draws(job: TrainingJob, draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """(GPU-hours, MFU) as draws, each of shape (draws,)."""
    mfu = mfu_draws(job.tokens_per_step, job.gpu, job.method, draws, rng)
    hours = gpu_hours(job.parameters, job.tokens, 1.0, job.gpu.bf16_tflops * 1e12) / mfu
    if job.method != "full":
        hours = hours * pert(LORA_SHARE, draws, rng)
    if job.method == "qlora":
        hours = hours * pert(UNPACKING, draws, rng)
    return hours, mfu


def training_gpu_hours(job: TrainingJob, *, draws: int = DRAWS, seed: int = 0) -> Figure:
    """GPU-hours of one run, modelled."""
    hours, _ = training_hours_draws(job, draws, np.random.default_rng(seed))
    return summarise(hours, "GPU-hours", Provenance.MODELLED, _hours_source(job))


def training_plan(job: TrainingJob, rate: GpuRate | Missing, *, draws: int = DRAWS, seed: int = 0) -> TrainingPlan:
    """Memory, GPUs, hours, weeks and money of the run. One run that succeeds: failed ones are the team's to add."""
    rng = np.random.default_rng(seed)
    hours, mfu = training_hours_draws(job, draws, rng)
    memory = training_memory(
        job.parameters,
        job.method,
        job.gpu.memory_gb,
        shape=job.shape,
        rank=job.rank,
        sequence=job.sequence,
        batch=job.batch,
        gpus=job.gpus,
    )
    return TrainingPlan(
        job,
        memory,
        _trainable(job, memory),
        summarise(
            mfu, "share", Provenance.MODELLED, f"published MFU, scaled to {job.tokens_per_step:,.0f} tokens a step"
        ),
        summarise(hours, "GPU-hours", Provenance.MODELLED, _hours_source(job)),
        _gpus(job, memory),
        _weeks(memory, hours),
        rate if isinstance(rate, Missing) else rate.figure,
        _usd(hours, rate, draws, rng),
    )


def _trainable(job: TrainingJob, memory: TrainingMemory | Missing) -> Figure:
    if isinstance(memory, Missing):
        return memory
    count = memory.trainable_parameters
    guessed = job.shape.guessed and job.method != "full"
    note = "layers and hidden size guessed from the number of parameters" if guessed else ""
    source = "all of them" if job.method == "full" else f"LoRA of rank {job.rank} on queries and values of every layer"
    return Estimate(count, count, count, "parameters", None, Provenance.MODELLED, source, note)


def _gpus(job: TrainingJob, memory: TrainingMemory | Missing) -> Figure:
    if isinstance(memory, Missing):
        return memory
    count = float(memory.gpus)
    source = "as asked for" if job.gpus else f"the fewest {job.gpu.name} whose memory holds it"
    return Estimate(count, count, count, "GPUs", None, Provenance.MODELLED, source)


def _weeks(memory: TrainingMemory | Missing, hours: FloatArray) -> Figure:
    if isinstance(memory, Missing):
        return memory
    weeks = hours / (memory.gpus * HOURS_PER_WEEK)
    return summarise(weeks, "weeks", Provenance.MODELLED, f"GPU-hours over {memory.gpus} GPUs that run day and night")


def _usd(hours: FloatArray, rate: GpuRate | Missing, draws: int, rng: np.random.Generator) -> Figure:
    if isinstance(rate, Missing):
        return rate
    usd = hours * rate.draws(draws, rng)
    return summarise(usd, "USD", rate.figure.provenance, f"GPU-hours x {rate.name}", "one run")


def _hours_source(job: TrainingJob) -> str:
    return f"6 N D / (MFU x {job.gpu.bf16_tflops:g} TFLOP/s), N {job.parameters:.3g}, D {job.tokens:.3g}"
