"""`rung compare`: two strategies on the same items."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, project_option, task_file
from rung.errors import UsageError


@click.command()
@click.argument("challenger")
@click.argument("baseline")
@project_option
@click.option("--by", multiple=True, metavar="KEY", help="Also divide the items by this metadata key.")
@click.option(
    "--file",
    "scores",
    type=click.Path(path_type=Path),
    help="Compare two columns of a CSV or JSONL file instead: a row an item, scores 0 to 1.",
)
@click.option("--item", metavar="COLUMN", help="With --file: the column that names the item.")
@click.option("--segment", multiple=True, metavar="COLUMN", help="With --file: divide the items by this column.")
@click.option("--group", metavar="COLUMN", help="With --file: what an item shares with others.")
@json_option
def command(
    challenger: str,
    baseline: str,
    project: Path,
    by: tuple[str, ...],
    scores: Path | None,
    item: str | None,
    segment: tuple[str, ...],
    group: str | None,
    as_json: bool,
) -> int:
    """Compare CHALLENGER with BASELINE on the same items: strategies of the
    project on its dev split, or columns of a file.

    Gives the difference with its interval, overall and in each segment (tested
    together), names what regresses, and says where a segment gains more or less
    than the rest.

    \b
    Example:
      rung compare retrieval zero-shot --project my-task
      rung compare new old --file scores.csv --item id --segment topic
    """
    from rung.report.contrast import contrast_document, render_contrast

    if scores is not None:
        from rung.pipeline import compare_columns

        if by:
            raise UsageError("--by divides a project's items; with --file name the column in --segment")
        found = compare_columns(scores, challenger, baseline, item=item, segments=segment, group=group)
    else:
        from rung.cli.live import watching
        from rung.pipeline import compare_strategies

        if item or segment or group:
            raise UsageError("--item, --segment and --group belong to --file; for a project use --by KEY")
        with watching() as observer:
            found = compare_strategies(task_file(project), challenger, baseline, by=by, observer=observer)
    if as_json:
        tell_document(contrast_document(found))
    else:
        width, colour = page_width()
        click.echo(render_contrast(found, width, colour=colour), nl=False)
    return 0
