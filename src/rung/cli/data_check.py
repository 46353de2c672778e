"""`rung data check`: are the data fit to decide on?"""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, project_option, task_file


@click.command(short_help="Leaks, label noise, agreement, balance and size.")
@project_option
@json_option
def check(project: Path, as_json: bool) -> int:
    """Look for what would mislead a decision, the worst first.

    Copies and leaks between the parts, conflicting labels, label noise with
    its range, agreement of annotators, balance, and whether there are enough
    items for each target. Nothing is dropped or changed, and no label of a
    sealed item is read.

    \b
    Example:
      rung data check --project my-task
    """
    from rung.cli.live import watching
    from rung.pipeline.readiness import check_data
    from rung.report.readiness import readiness_document, render_readiness

    with watching() as observer:
        found = check_data(task_file(project), observer=observer)
    if as_json:
        tell_document(readiness_document(found))
    else:
        width, colour = page_width()
        click.echo(render_readiness(found, width, colour=colour), nl=False)
    return 0
