"""Tells a decision on stdout: for people, or as the one JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rung.cli.document import tell_document
from rung.cli.options import page_width

if TYPE_CHECKING:
    from rung.pipeline import Decided
    from rung.report import ReportPaths


def tell(
    decided: Decided,
    *,
    as_json: bool,
    markdown: bool = False,
    pdf: bool = False,
    adr: Path | None = None,
    force: bool = False,
) -> None:
    """Writes the report files, then prints the summary with their paths, the Markdown, or the record.

    `pdf` also prints the page, `adr` also writes an architecture decision record there; where stdout holds a document
    their paths go to stderr.
    """
    from rung.report import render_markdown, render_terminal, write_reports

    paths = write_reports(decided.decision, decided.record, decided.folder)
    more = list(_more_files(decided, paths, pdf=pdf, adr=adr, force=force))
    if as_json or markdown:
        for path in more:
            click.echo(f"written: {_from_here(path)}", err=True)
    if as_json:
        tell_document(decided.record)
    elif markdown:
        click.echo(render_markdown(decided.decision), nl=False)
    else:
        width, colour = page_width()
        files = [_from_here(path) for path in (*paths, *more)]
        click.echo(render_terminal(decided.decision, width, colour=colour, files=files), nl=False)


def _more_files(decided: Decided, paths: ReportPaths, *, pdf: bool, adr: Path | None, force: bool) -> Iterator[Path]:
    """Writes what was asked for beside the three files, and gives each path."""
    if adr is not None:
        from rung.report.adr import write_adr

        yield write_adr(decided.decision, paths.json.read_text(encoding="utf-8"), adr, force=force)
    if pdf:
        from rung.report.pdf import write_pdf

        target = paths.html.with_name("report.pdf")
        write_pdf(paths.html, target)
        yield target


def tell_effort(decided: Decided) -> None:
    """Says on stderr how much was asked anew and how much was there already."""
    calls = "1 model call" if decided.model_calls == 1 else f"{decided.model_calls} model calls"
    answers = "1 answer" if decided.reused == 1 else f"{decided.reused} answers"
    spared = f", {decided.spared} spared by stopping early" if decided.spared else ""
    click.echo(f"{calls} made, {answers} reused{spared}", err=True)


def _from_here(path: Path) -> Path:
    """As short as it can be written from the current directory."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
