"""`rung forecast labels`: how many labels a strategy needs to reach its target."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.main import printable
from rung.cli.options import json_option, page_width, project_option, task_file


@click.command(short_help="How many labels a trained strategy needs to reach a target.")
@click.argument("strategies", nargs=-1)
@project_option
@click.option(
    "--budget",
    "minutes",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="MINUTES",
    help="Begin no further fit after this time.",
)
@click.option("--fits", type=click.IntRange(min=0), metavar="N", help="Make at most N fits that are not kept yet.")
@click.option(
    "--anchors",
    type=click.IntRange(0, 8),
    default=0,
    show_default=True,
    metavar="N",
    help="Fit a strategy that trains a network at N sizes; 0 uses the runs that are kept.",
)
@json_option
def labels(
    strategies: tuple[str, ...], project: Path, minutes: float, fits: int | None, anchors: int, as_json: bool
) -> int:
    """Say how many labels STRATEGIES need to reach the targets on task success.

    Fits each strategy that learns weights on nested parts of train, several
    times each, measures it on the dev split, fits error = c + a n^-b with its
    band, and reads off the labels that each target takes. Says where the
    points support no answer, and how far the curve can be trusted. Fits are
    kept: the same command goes on where it stopped.

    \b
    Example:
      rung forecast labels --project my-task
      rung forecast labels encoder-head lora --anchors 2 --budget 30
    """
    from rung.cli.live import watching
    from rung.pipeline.forecast_labels import forecast_labels
    from rung.report.forecast.labels_document import labels_document
    from rung.report.forecast.labels_files import write_labels
    from rung.report.forecast.labels_terminal import render_labels

    with watching() as observer:
        found = forecast_labels(
            task_file(project), strategies, minutes=minutes, fits=fits, anchors=anchors, observer=observer
        )
    click.echo(f"{found.model_calls} answers made, {found.reused} reused", err=True)
    files = write_labels(found.forecast, found.folder)
    if as_json:
        tell_document(labels_document(found.forecast))
        return 0
    width, colour = page_width()
    click.echo(render_labels(found.forecast, width, colour=colour), nl=False)
    click.echo("\nFiles")
    for path in files:
        click.echo(f"  {printable(str(path))}")
    return 0
