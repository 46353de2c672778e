"""`rung capacity serve`: the fleet that serves a model, its cost, and what hosts paid by the token would charge."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from rung.cli.amounts import Amount
from rung.cli.capacity_options import gpu_option, prices_option, purchase_option
from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, task_file


@click.command()
@click.option("--model", metavar="NAME", required=True, help="A known model, such as llama-3.1-8b.")
@gpu_option
@click.option("--input-tokens", type=Amount(1, 1e7), help="Mean input tokens a request.")
@click.option("--output-tokens", type=Amount(1, 1e7), help="Mean output tokens a request.")
@click.option("--requests-per-month", type=Amount(1, 1e13), help="Requests a month.")
@click.option(
    "--trace",
    type=click.Path(path_type=Path),
    help="CSV of arrivals to replay: timestamp, input and output tokens.",
)
@click.option("--p95-ms", type=Amount(1, 1e9), help="Limit on p95 from arrival to last token.")
@click.option(
    "--copies-at-least",
    type=Amount(1, 4096, whole=True),
    default=2,
    show_default=True,
    help="Copies at least: 2 where one may fail.",
)
@click.option("--precision", type=click.Choice(("fp8", "bf16")), help="Of weights and cache; FP8 where the GPU has it.")
@click.option("--api", multiple=True, metavar="PROVIDER:MODEL", help="Compare with this model; may be repeated.")
@click.option("--managed", multiple=True, metavar="PROVIDER:MODEL", help="Who hosts these weights; may be repeated.")
@click.option(
    "--cached-share", type=Amount(0, 1), default=0.0, show_default=True, help="Part of the input read from a cache."
)
@click.option("--batch", is_flag=True, help="Compare with batch prices, for answers that may take a day.")
@click.option("--on", "at", type=click.DateTime(["%Y-%m-%d"]), help="Prices of this day; without it, of today.")
@purchase_option
@prices_option
@json_option
def serve(project: Path | None, purchase: str, at: datetime | None, as_json: bool, **asked: Any) -> int:
    """Say what serving a model takes: GPUs, latency and USD a month.

    A roofline of the GPU, fitted to published throughput, gives the speed of a
    copy. The fleet is sized from arrivals: a trace is replayed against it, or a
    monthly volume with an assumed peak. Beside it: hosts paid by the token.

    \b
    Example:
      rung capacity serve --model llama-3.1-8b --input-tokens 1000 \\
          --output-tokens 500 --requests-per-month 2e6 --api openai:gpt-4o-mini
      rung capacity serve --model llama-3.1-8b --trace arrivals.csv --p95-ms 4000
    """
    from rung.pipeline.capacity import ServingAsk, plan_serving
    from rung.report.capacity import render_serving, serving_document

    day = (at or datetime.now(UTC)).replace(tzinfo=UTC)
    ask = ServingAsk(purchase=purchase.replace("-", "_"), at=day, **asked)  # type: ignore[arg-type]
    answer = plan_serving(ask, None if project is None else task_file(project))
    if as_json:
        tell_document(serving_document(answer))
    else:
        width, colour = page_width()
        click.echo(render_serving(answer, width, colour=colour), nl=False)
    return 0
