"""`rung init`: a project to start from."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--template",
    type=click.Choice(["classify", "medical-coding"]),
    default="classify",
    show_default=True,
    help="classify: a small example to replace; medical-coding: the demo's task.",
)
def command(directory: Path, template: str) -> int:
    """Write a rung.yaml with comments, and example data, into DIRECTORY.

    Nothing that exists is overwritten.

    \b
    Example:
      rung init my-task
    """
    from rung.pipeline import create

    for path in create(directory, template):
        click.echo(f"wrote {path}")
    click.echo(f"Next: put your examples in place, then run  rung decide --project {directory}")
    return 0
