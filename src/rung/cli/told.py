"""Tells a decision on stdout: for people, or as the one JSON document."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rung.pipeline import Decided

NARROWEST, WIDEST = 60, 120


def tell(decided: Decided, *, as_json: bool) -> None:
    """Writes the three report files, then prints the summary with their paths, or the record."""
    from rung.report import render_terminal, write_reports

    files = tuple(write_reports(decided.decision, decided.record, decided.folder))
    if as_json:
        click.echo(json.dumps(decided.record, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        width = min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)
        click.echo(render_terminal(decided.decision, width, colour=sys.stdout.isatty(), files=files))
    plural = "" if decided.model_calls == 1 else "s"
    click.echo(f"{decided.model_calls} model call{plural} made, {decided.reused} answers reused", err=True)
