"""Tells a decision on stdout: for people, or as the one JSON document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rung.cli.document import tell_document
from rung.cli.options import page_width

if TYPE_CHECKING:
    from rung.pipeline import Decided


def tell(decided: Decided, *, as_json: bool) -> None:
    """Writes the three report files, then prints the summary with their paths, or the record."""
    from rung.report import render_terminal, write_reports

    files = [_from_here(path) for path in write_reports(decided.decision, decided.record, decided.folder)]
    if as_json:
        tell_document(decided.record)
    else:
        width, colour = page_width()
        click.echo(render_terminal(decided.decision, width, colour=colour, files=files), nl=False)


def tell_effort(decided: Decided) -> None:
    """Says on stderr how much was asked anew and how much was there already."""
    calls = "1 model call" if decided.model_calls == 1 else f"{decided.model_calls} model calls"
    answers = "1 answer" if decided.reused == 1 else f"{decided.reused} answers"
    spared = f", {decided.spared} spared by stopping early" if decided.spared else ""
    click.echo(f"{calls} made, {answers} reused{spared}", err=True)


def _from_here(path: Path) -> Path:
    """As short as it can be written from the current directory."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
