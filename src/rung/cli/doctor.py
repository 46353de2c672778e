"""`rung doctor`: is this machine ready?"""

from __future__ import annotations

from importlib.util import find_spec

import click


@click.command()
def command() -> int:
    """Check this machine: processor, memory, packages, models.

    Exits 1 when something that a decision needs is not there, and names the
    command that brings it.

    \b
    Example:
      rung doctor
    """
    from rung.adapters.local.cache import status
    from rung.adapters.machine import describe_machine

    click.echo(f"machine   {describe_machine()}")
    wanting = 0
    local = all(find_spec(package) for package in ("torch", "transformers", "peft", "sklearn", "bm25s"))
    click.echo(f"extra     local: {'installed' if local else 'not installed; pip install ' + repr('rung[local]')}")
    wanting += not local
    for one in status():
        state = one.problem or ("ready" if one.directory else "not prepared yet; rung models prepare")
        click.echo(f"model     {one.card.name}: {state}")
        wanting += bool(one.problem)
    if wanting:
        click.echo("Without these, only strategies that prompt a model server can be measured.")
    return 1 if wanting else 0
