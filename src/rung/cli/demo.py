"""`rung demo`: a worked example, from public data to a decision."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.options import json_option


@click.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where the demo project is written, or continued when it is there.",
)
@json_option
def command(directory: Path, as_json: bool) -> int:
    """Work a real example: coding clinical terms to ICD-10-CM categories.

    Writes a project with about 750 real terms, measures eight strategies from a
    prompt to a model trained from scratch on this machine, and decides. Takes
    some minutes; stopped and started again it goes on where it was. Exits 0
    whenever a decision was recorded, whatever it says.

    \b
    Example:
      rung demo --directory my-demo
    """
    from rung.cli.live import watching
    from rung.cli.told import tell, tell_effort
    from rung.pipeline import create, decide

    if not (directory / "rung.yaml").exists():
        create(directory, "medical-coding")
        click.echo(f"The demo's project is in {directory}: rung.yaml argues its targets.", err=True)
    with watching() as observer:
        decided = decide(directory / "rung.yaml", observer=observer)
    tell(decided, as_json=as_json)
    tell_effort(decided)
    return 0
