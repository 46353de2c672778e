"""`rung diagnose`: why a strategy fails, and what would mend it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from rung.cli.document import tell_document
from rung.cli.main import printable
from rung.cli.options import json_option, page_width, project_option, task_file
from rung.errors import UsageError


@click.command()
@click.argument("strategy", required=False)
@project_option
@click.option("--open", "opened", metavar="CLASS", help="Show every item of one class of failures instead.")
@click.option("--ask/--no-ask", default=True, help="Ask the model further questions (default), or not.")
@json_option
def command(strategy: str | None, project: Path, opened: str | None, ask: bool, as_json: bool) -> int:
    """Say why STRATEGY fails on the dev split, and what would mend it.

    Asks in turn: can the answers be used, was the right passage found, would
    another wording or a larger model do, what do the failures have in common,
    does it hold under changed inputs, and is it worth fixing. Without a name,
    what runs today, or the best strategy that leaves all weights alone.
    Answers are kept: a second run asks no model again.

    \b
    Example:
      rung diagnose few-shot --project my-task
      rung diagnose few-shot --open 'billing / delivery'
    """
    from rung.cli.live import watching
    from rung.pipeline.diagnose import diagnose
    from rung.report.diagnosis import diagnosis_document, render_diagnosis, write_diagnosis
    from rung.report.diagnosis.classes import named

    with watching() as observer:
        found = diagnose(task_file(project), strategy, ask=ask, observer=observer)
    if opened is not None:
        found = replace(found, opened=named(found.diagnosis.classes, opened))
    # A class that there is not is a wrong word on the command line; the names that there are come with it.
    code = UsageError.exit_code if opened is not None and not found.opened else 0
    if as_json:
        write_diagnosis(found)
        tell_document(diagnosis_document(found))
        return code
    width, colour = page_width()
    click.echo(render_diagnosis(found, width, colour=colour, opened=opened), nl=False)
    if opened is None:
        click.echo("\nFiles")
        for path in write_diagnosis(found):
            click.echo(f"  {printable(str(path))}")
    return code
