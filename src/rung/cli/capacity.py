"""`rung capacity`: what training or serving a model of one's own takes."""

from __future__ import annotations

import click

from rung.cli.capacity_serve import serve
from rung.cli.capacity_train import train


@click.group()
def command() -> None:
    """Say what a model of your own takes: GPUs, time, latency and money.

    \b
    Example:
      rung capacity train --parameters 7e9 --tokens 1e9 --method lora
      rung capacity serve --model llama-3.1-8b --input-tokens 1000 \\
          --output-tokens 500 --requests-per-month 2e6
    """


command.add_command(train)
command.add_command(serve)
