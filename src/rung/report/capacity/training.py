"""A training run: memory, GPUs, time and money."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.economics.capacity import TrainingPlan
from rung.estimate import LEVEL, Missing
from rung.report.capacity.rows import Row, figure_rows, sources
from rung.report.figures import show_value
from rung.report.page import Page

METHOD_TITLES = {"full": "full fine-tuning", "lora": "LoRA", "qlora": "QLoRA"}


def render_training(plan: TrainingPlan, width: int, *, colour: bool = False) -> str:
    """The plan as text of at most `width` columns."""
    job, page = plan.job, Page(width, colour=colour)
    model = f"{job.model.name}, " if job.model else ""
    page.say(
        f"One run of {METHOD_TITLES[job.method]}: {model}{_counted(job.parameters)} parameters on "
        f"{_counted(job.tokens)} tokens, {job.gpu.title}, {job.batch:g} sequences of {job.sequence:g} tokens a "
        "step on each GPU."
    )
    rows = _rows(plan)
    figure_rows(page, "What it takes", rows)
    if not isinstance(plan.memory, Missing):
        memory = plan.memory
        parts = (
            f"frozen weights {show_value(memory.base_weights_gb, 'GB')}",
            f"what is trained, with gradients and optimiser, {show_value(memory.trained_gb, 'GB')}",
            f"activations {show_value(memory.activations_gb, 'GB')} on each GPU",
        )
        page.sentences("Memory", parts if memory.base_weights_gb else parts[1:])
    page.sentences("Where it comes from", sources(rows))
    page.console.print()
    page.say(
        f"Intervals are two-sided {LEVEL:.0%}. One run that succeeds: failed and repeated runs, storage and people are "
        "not in it."
    )
    return page.text


def training_document(plan: TrainingPlan) -> dict[str, Any]:
    """The same as JSON values."""
    job = plan.job
    return {
        "method": job.method,
        "parameters": job.parameters,
        "tokens": job.tokens,
        "model": job.model.name if job.model else None,
        "gpu": job.gpu.name,
        "rank": job.rank if job.method != "full" else None,
        "sequence": job.sequence,
        "batch": job.batch,
        "memory": encode(plan.memory),
        **{name: encode(getattr(plan, name)) for name in _FIGURES},
    }


_FIGURES = ("trainable_parameters", "mfu", "gpu_hours", "gpus", "weeks", "rate", "usd")


def _counted(number: float) -> str:
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:,.4g} {word}"
    return f"{number:,.0f}"


def _rows(plan: TrainingPlan) -> list[Row]:
    per_gpu = plan.memory if isinstance(plan.memory, Missing) else plan.memory.per_gpu
    return [
        ("GPUs", plan.gpus),
        ("memory of one", per_gpu),
        ("trained parameters", plan.trainable_parameters),
        ("useful share of peak", plan.mfu),
        ("time", plan.gpu_hours),
        ("weeks on these GPUs", plan.weeks),
        ("price", plan.rate),
        ("cost of the run", plan.usd),
    ]
