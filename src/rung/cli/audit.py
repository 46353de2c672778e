"""`rung audit`: the append-only record of events."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.main import printable
from rung.cli.options import json_option, project_option, task_file


@click.command()
@project_option
@json_option
def command(project: Path, as_json: bool) -> int:
    """Show every event in order: sealed splits opened, decisions recorded.

    \b
    Example:
      rung audit --project my-task
    """
    from rung.pipeline import events

    recorded = events(task_file(project))
    if as_json:
        document = [{"number": e.number, "at": e.at, "kind": e.kind, "payload": dict(e.payload)} for e in recorded]
        tell_document(document)
        return 0
    for event in recorded:
        words = ", ".join(f"{key} {_short(value)}" for key, value in event.payload.items())
        click.echo(printable(f"{event.number:>4}  {event.at}  {event.kind}: {words}"))
    if not recorded:
        click.echo("No events yet; rung decide writes the first.")
    return 0


def _short(value: object) -> str:
    """A list by its length: an opening holds a hash for every item; --json has them all."""
    return f"({len(value)})" if isinstance(value, list) else str(value)
