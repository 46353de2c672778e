"""`rung init`: a project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from rung.task.task import KINDS

DEMO = "medical-coding"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--template",
    type=click.Choice([*KINDS, DEMO]),
    default=KINDS[0],
    show_default=True,
    help="What to start from.",
)
def command(directory: Path, template: str) -> int:
    """Write a rung.yaml with comments, and example data, into DIRECTORY.

    Nothing that exists is overwritten.

    \b
    Templates, one for each kind of task and the demo's:
      classify        one label of a closed set
      extract         a record with declared fields out of a text
      answer          a short answer from your documents, or that there is none
      generate        a text, judged by checks and by a model
      medical-coding  the task of rung demo: real clinical terms

    \b
    Example:
      rung init my-task
      rung init my-task --template answer
    """
    from rung.pipeline import create

    for path in create(directory, template):
        click.echo(f"wrote {path}")
    click.echo(f"Next: put your examples in place, then run  rung decide --project {directory}")
    return 0
