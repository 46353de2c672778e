"""A fleet that serves a model: speed, copies, what requests meet, cost, and what others would charge."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.economics.capacity import Crossing, ServingPlan, Trace, Window
from rung.estimate import LEVEL, Estimate, Figure, Missing
from rung.pipeline.capacity import ServingAnswer
from rung.report.capacity.rows import Row, figure_rows, sources
from rung.report.escape import plain
from rung.report.figures import show, show_number
from rung.report.page import Page


def render_serving(answer: ServingAnswer, width: int, *, colour: bool = False) -> str:
    """The answer as text of at most `width` columns."""
    plan, page = answer.plan, Page(width, colour=colour)
    job, copy = plan.job, plan.copy
    page.say(
        f"{job.model.name} in {copy.precision} on {job.gpu.title}, {_gpus(copy.gpus)}: {job.requests_per_month:,.0f} "
        f"requests a month of {job.input_tokens:,.0f} input and {job.output_tokens:,.0f} output tokens."
    )
    speed, fleet, met = _speed(plan), _fleet(plan), _met(plan)
    figure_rows(page, "One copy", speed)
    figure_rows(page, "The fleet", fleet)
    figure_rows(page, "What requests meet at the peak", met)
    if answer.windows and answer.trace is not None:
        _windows(page, answer.trace, answer.windows)
    months = [(one.name, one.usd_per_month) for one in answer.hostings]
    figure_rows(page, "The same requests elsewhere, a month", months)
    page.sentences("Where the cheaper changes", tuple(_crossing(one) for one in answer.crossings))
    page.sentences("Notes", answer.notes)
    page.sentences("Where it comes from", sources([*speed, *fleet, *met, *months]))
    page.console.print()
    page.say(
        f"Intervals are two-sided {LEVEL:.0%}; every speed carries a model error of 20 %. GPUs are paid day and night, "
        "whole ones; people's time, storage and traffic out are not in it."
    )
    return page.text


def serving_document(answer: ServingAnswer) -> dict[str, Any]:
    """The same as JSON values."""
    plan, trace = answer.plan, answer.trace
    job, copy = plan.job, plan.copy
    figures = [
        "sequences",
        "output_tokens_per_second",
        "requests_per_second",
        "prefill_ms",
        "token_ms",
        "peak_per_second",
        "copies",
        "gpus",
        "met",
        "utilisation",
        "rate",
        "usd_per_month",
        "usd_per_request",
    ]
    return {
        "model": job.model.name,
        "gpu": job.gpu.name,
        "precision": copy.precision,
        "gpus_per_copy": copy.gpus,
        "kv_bytes_per_token": copy.kv_bytes_per_token,
        "weight_bytes": copy.weight_bytes,
        "input_tokens": job.input_tokens,
        "output_tokens": job.output_tokens,
        "requests_per_month": job.requests_per_month,
        **{name: encode(getattr(plan, name)) for name in figures},
        "hosting": [encode(one) for one in answer.hostings],
        "crossings": [encode(one) for one in answer.crossings],
        "trace": None
        if trace is None
        else {
            "name": trace.name,
            "requests": len(trace.seconds),
            "span_seconds": trace.span_seconds,
            "skipped": trace.skipped,
            "problems": list(trace.problems),
            "too_long": plan.dropped,
            "windows": [encode(one) for one in answer.windows],
        },
        "notes": list(answer.notes),
    }


def _speed(plan: ServingPlan) -> list[Row]:
    return [
        ("sequences at once", plan.sequences),
        ("output when never idle", plan.output_tokens_per_second),
        ("requests when never idle", plan.requests_per_second),
        ("reading the prompt", plan.prefill_ms),
        ("a token, alone", plan.token_ms),
    ]


def _fleet(plan: ServingPlan) -> list[Row]:
    return [
        ("peak", plan.peak_per_second),
        ("copies", plan.copies),
        ("GPUs", plan.gpus),
        ("use over the month", plan.utilisation),
        ("price", plan.rate),
        ("cost of a request", plan.usd_per_request),
    ]


def _met(plan: ServingPlan) -> list[Row]:
    if isinstance(plan.met, Missing):
        return [("latency", plan.met)]
    names = ("p50", "p95", "p99")
    first, total, queue = plan.met.first_token_ms, plan.met.total_ms, plan.met.queue_ms
    return [
        (f"first token, {names[1]}", first[1]),
        *((f"whole answer, {name}", figure) for name, figure in zip(names, total, strict=True)),
        (f"in the queue, {names[1]}", queue[1]),
    ]


def _windows(page: Page, trace: Trace, found: tuple[Window, ...]) -> None:
    page.heading(f"Arrivals of {plain(trace.name)}, requests a second")
    titles = ("median", "p95", "p99", "busiest")
    page.tables(
        ("window", [f"{window.seconds:g} s" for window in found]),
        [
            *(
                (title, [show_number(round(window.per_second[at], 1)) for window in found])
                for at, title in enumerate(titles)
            ),
            ("variance/mean", [show_number(round(window.dispersion, 1)) for window in found]),
        ],
    )


def _crossing(found: Crossing) -> str:
    name = plain(found.against)
    if isinstance(found.no_crossing, Missing):
        return f"{name}: {show(found.no_crossing)}"
    if isinstance(found.first, Missing):
        return f"{name}: {found.first.because}." + (f" {found.first.remedy}." if found.first.remedy else "")
    return (
        f"{name}: own GPUs cost less from {_volume(found.first)}, for good from {_volume(found.for_good)}; no crossing "
        f"in {show(found.no_crossing)} of the draws"
    )


def _volume(figure: Figure) -> str:
    return show(figure) if isinstance(figure, Estimate) else "a volume that most draws never reach"


def _gpus(count: int) -> str:
    return "a GPU a copy" if count == 1 else f"{count} GPUs a copy"
