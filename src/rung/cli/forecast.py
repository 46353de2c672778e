"""`rung forecast`: what more of something would bring."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """Forecast what more labels, parameters or compute would bring.

    \b
    Example:
      rung forecast labels --project my-task
    """
