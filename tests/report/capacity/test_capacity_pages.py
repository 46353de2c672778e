"""What a plan looks like: nothing wider than the page, every figure with its provenance, gaps with their reason."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from rung.economics.capacity import (
    Gpu,
    ModelShape,
    ServingJob,
    ServingPlan,
    Trace,
    TrainingJob,
    crossing,
    find_gpu,
    find_model,
    gpu_rate,
    metered_hosting,
    own_hosting,
    serving_plan,
    training_plan,
    windows,
)
from rung.estimate import Missing, Provenance, exact
from rung.pipeline.capacity import ServingAnswer
from rung.report.capacity import render_serving, render_training, serving_document, training_document


def gpu(name: str) -> Gpu:
    found = find_gpu(name)
    assert isinstance(found, Gpu)
    return found


def model() -> ModelShape:
    found = find_model("llama-3.1-8b")
    assert isinstance(found, ModelShape)
    return found


def answer(job: ServingJob) -> ServingAnswer:
    plan = serving_plan(job, gpu_rate(job.gpu), draws=500)
    assert isinstance(plan, ServingPlan)
    price = exact(0.004, "USD/request", Provenance.ASSUMED, "planted\x1b[31m")
    return ServingAnswer(
        plan,
        (own_hosting(plan), metered_hosting("api\x1b[31m", price, job.requests_per_month)),
        (
            crossing("api", plan.draws, price, 2),
            crossing("unknown", plan.draws, Missing("no price", "name one"), 2),
        ),
        job.trace,
        windows(job.trace) if job.trace else (),
        ("a note",),
    )


JOB = ServingJob(model(), gpu("H100"), 1000, 500, 2e6)
BURST = Trace("burst.csv", np.sort(np.tile(np.arange(0.0, 600.0, 20.0), 40)), np.full(1200, 900.0), np.full(1200, 90.0))


@pytest.mark.parametrize(
    "job",
    [
        JOB,
        replace(JOB, gpu=gpu("L4")),
        replace(JOB, trace=BURST, input_tokens=900, output_tokens=90, p95_seconds=1.0),
        replace(JOB, p95_seconds=0.01),
    ],
    ids=["volume", "no price", "trace", "no fleet"],
)
def test_a_serving_page_fits_80_columns_and_marks_every_figure(job: ServingJob) -> None:
    page = render_serving(answer(job), 80)
    assert max(map(len, page.splitlines())) <= 80
    assert "\x1b" not in page
    assert "modelled" in page
    assert "nan" not in page
    assert "inf" not in page.replace("information", "")
    json.dumps(serving_document(answer(job)), allow_nan=False)


def test_gaps_are_told_with_their_reason_and_what_to_do() -> None:
    page = " ".join(render_serving(answer(replace(JOB, gpu=gpu("L4"))), 80).split())
    assert "price: unknown: no on-demand price of a L4 was found; set prices.gpu_usd_per_hour.L4" in page
    late = " ".join(render_serving(answer(replace(JOB, p95_seconds=0.01)), 80).split())
    assert "no fleet meets it" in late


@pytest.mark.parametrize("method", ["full", "lora", "qlora"])
def test_a_training_page_says_memory_time_and_money(method: str) -> None:
    job = TrainingJob(7e9, 1e9, method, gpu("H100"))  # type: ignore[arg-type]
    plan = training_plan(job, gpu_rate(job.gpu))
    page = render_training(plan, 80)
    assert max(map(len, page.splitlines())) <= 80
    assert "7 billion parameters on 1 billion tokens" in " ".join(page.split())
    for word in ("GPU-hours", "weeks", "USD", "of one"):
        assert word in page
    json.dumps(training_document(plan), allow_nan=False)


def test_a_run_that_fits_nowhere_still_has_its_hours() -> None:
    job = TrainingJob(7e9, 1e9, "lora", gpu("A10"), sequence=200_000, batch=64)
    page = render_training(training_plan(job, gpu_rate(job.gpu)), 80)
    assert "lower the batch" in page
    assert "GPU-hours" in page
