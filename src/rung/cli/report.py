"""`rung report`: what was decided, again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rung.cli.document import tell_document
from rung.cli.options import json_option, page_width, project_option, task_file
from rung.errors import UsageError

if TYPE_CHECKING:
    from rung.decide.changes import Changes


@click.command()
@click.argument("decision_id", required=False)
@project_option
@click.option("--decision", "named", metavar="ID", help="The same as DECISION_ID.")
@click.option("--against", metavar="ID", help="Say what changed since this earlier decision instead.")
@click.option("--pdf", is_flag=True, help="Also print report.pdf, with a Chromium, Chrome or Edge on PATH.")
@click.option(
    "--adr",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Also write an architecture decision record: a file.md, or a directory for the next NNNN-slug.md.",
)
@click.option("--force", is_flag=True, help="With --adr: overwrite the file that is there.")
@click.option("--markdown", is_flag=True, help="Markdown on stdout.")
@json_option
def command(
    decision_id: str | None,
    project: Path,
    named: str | None,
    against: str | None,
    pdf: bool,
    adr: Path | None,
    force: bool,
    markdown: bool,
    as_json: bool,
) -> int:
    """Show a recorded decision and rewrite its files (default: the latest).

    DECISION_ID may be shortened; rung audit lists the decisions. Nothing is
    measured and nothing is decided anew: the files come out byte for byte as
    they were. RUNG_CHROMIUM names the browser that prints the PDF.

    \b
    Example:
      rung report --project my-task --pdf
      rung report --against 3f2a --project my-task
      rung report --adr docs/decisions --project my-task
    """
    from rung.cli.told import tell
    from rung.pipeline import recorded

    wanted = _one_id(decision_id, named)
    _check(against=against, pdf=pdf, adr=adr, force=force, markdown=markdown, as_json=as_json)
    decided = recorded(task_file(project), wanted)
    if against is None:
        tell(decided, as_json=as_json, markdown=markdown, pdf=pdf, adr=adr, force=force)
        return 0
    from rung.decide.changes import changes_between

    before = recorded(task_file(project), against)
    _tell_changes(changes_between(before.decision, decided.decision), as_json=as_json, markdown=markdown)
    return 0


def _one_id(positional: str | None, named: str | None) -> str | None:
    if positional is not None and named is not None and positional != named:
        raise UsageError(f"two decisions are named, {positional!r} and {named!r}; name one")
    return named if positional is None else positional


def _check(*, against: str | None, pdf: bool, adr: Path | None, force: bool, markdown: bool, as_json: bool) -> None:
    if as_json and markdown:
        raise UsageError("--json and --markdown both claim stdout; choose one")
    if force and adr is None:
        raise UsageError("--force belongs to --adr")
    if against is not None and (pdf or adr is not None):
        raise UsageError("--against only compares; leave out --pdf and --adr")


def _tell_changes(found: Changes, *, as_json: bool, markdown: bool) -> None:
    from rung.report.changes import changes_document, changes_markdown, render_changes

    if as_json:
        tell_document(changes_document(found))
    elif markdown:
        click.echo(changes_markdown(found), nl=False)
    else:
        width, colour = page_width()
        click.echo(render_changes(found, width, colour=colour), nl=False)
