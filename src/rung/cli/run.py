"""`rung run`: fit and evaluate strategies, without deciding."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, project_option, task_file


@click.command()
@click.argument("strategies", nargs=-1)
@project_option
@json_option
def command(strategies: tuple[str, ...], project: Path, as_json: bool) -> int:
    """Fit and evaluate STRATEGIES on the dev split (default: those of rung.yaml).

    Shows the four metrics, graded scores, fields and broken policies of each;
    answers that could not be judged; and what stopping early saved. The sealed
    split stays closed. Finished work is kept and interrupted work goes on where
    it stopped.

    \b
    Example:
      rung run zero-shot retrieval --project my-task
    """
    from rung.cli.live import watching
    from rung.pipeline import run_strategies
    from rung.report.measured import measured_document, render_measured

    with watching() as observer:
        measured = run_strategies(task_file(project), strategies, observer=observer)
    if as_json:
        tell_document(measured_document(measured))
    else:
        width, colour = page_width()
        click.echo(render_measured(measured, width, colour=colour), nl=False)
    return 0
