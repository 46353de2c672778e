"""`rung baseline`: what runs today, from the production log."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, project_option, task_file


@click.command()
@project_option
@json_option
def command(project: Path, as_json: bool) -> int:
    """Measure what runs today from the production log.

    The four metrics with intervals, for all requests and by flow, segment,
    provider, model and week; errors and rate limits as rates of their own;
    outcomes and corrections by week of the request. Takes in what data.traces
    names first.

    \b
    Example:
      rung ingest 'logs/*.jsonl' && rung baseline
    """
    from rung.cli.live import watching
    from rung.pipeline.baseline import baseline
    from rung.report.baseline import baseline_document, render_baseline

    with watching() as observer:
        found = baseline(task_file(project), observer=observer)
    if as_json:
        tell_document(baseline_document(found))
    else:
        width, colour = page_width()
        click.echo(render_baseline(found, width, colour=colour), nl=False)
    return 0
