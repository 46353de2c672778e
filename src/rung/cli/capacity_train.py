"""`rung capacity train`: memory, GPUs, hours and money of a training run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rung.cli.amounts import Amount
from rung.cli.capacity_options import gpu_option, prices_option, purchase_option
from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, task_file


@click.command()
@click.option("--parameters", type=Amount(1e6, 1e14), help="Parameters of the model, such as 7e9.")
@click.option("--model", metavar="NAME", help="A known model instead, such as llama-3.1-8b.")
@click.option("--tokens", type=Amount(1, 1e17), required=True, help="Tokens to train on, all epochs together.")
@click.option("--method", type=click.Choice(("full", "lora", "qlora")), default="full", show_default=True)
@click.option("--rank", type=Amount(1, 65_536, whole=True), default=8, show_default=True, help="Rank of LoRA.")
@click.option(
    "--sequence", type=Amount(1, 10_000_000, whole=True), default=2048, show_default=True, help="Tokens a sequence."
)
@click.option(
    "--batch", type=Amount(1, 1_000_000, whole=True), default=8, show_default=True, help="Sequences a step on each GPU."
)
@click.option("--gpus", type=Amount(1, 100_000, whole=True), help="How many GPUs; without it as few as hold the run.")
@gpu_option
@purchase_option
@prices_option
@json_option
def train(project: Path | None, purchase: str, as_json: bool, **asked: Any) -> int:
    """Say what a training run takes: memory, GPUs, time and USD.

    Full fine-tuning or training from scratch, LoRA or QLoRA, with Adam in mixed
    precision and activations computed again. Small batches use less of a GPU.

    \b
    Example:
      rung capacity train --parameters 7e9 --tokens 1e9 --method lora
      rung capacity train --model llama-3.1-8b --tokens 2e10 --gpu A100-80GB
    """
    from rung.pipeline.capacity import TrainingAsk, plan_training
    from rung.report.capacity import render_training, training_document

    ask = TrainingAsk(purchase=purchase.replace("-", "_"), **asked)  # type: ignore[arg-type]
    plan = plan_training(ask, None if project is None else task_file(project))
    if as_json:
        tell_document(training_document(plan))
    else:
        width, colour = page_width()
        click.echo(render_training(plan, width, colour=colour), nl=False)
    return 0
