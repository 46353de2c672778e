"""Options that both commands of `rung capacity` take."""

from __future__ import annotations

from pathlib import Path

import click

gpu_option = click.option("--gpu", default="H100", show_default=True, help="GPU, such as H100, H200, A100-80GB, L40S.")
purchase_option = click.option(
    "--buy",
    "purchase",
    type=click.Choice(("on-demand", "reserved", "spot")),
    default="on-demand",
    show_default=True,
    help="How the GPUs are paid.",
)
prices_option = click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=None,
    help="Take prices.gpu_usd_per_hour from this project's rung.yaml.",
)
