"""`rung forecast`: what more of something would bring."""

from __future__ import annotations

import click

from rung.cli.forecast_labels import labels
from rung.cli.forecast_scaling import scaling


@click.group()
def command() -> None:
    """Forecast what more labels, parameters or compute would bring.

    \b
    Example:
      rung forecast labels --project my-task
      rung forecast scaling --project my-task
    """


command.add_command(labels)
command.add_command(scaling)
