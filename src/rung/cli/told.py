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
    """The terminal summary with the paths of the reports, or the record."""
    if as_json:
        click.echo(json.dumps(decided.record, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        from rung.report import render_terminal

        width = min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)
        click.echo(render_terminal(decided.decision, width=width, colour=sys.stdout.isatty()))
        for path in decided.files:
            click.echo(f"  {path}")
    plural = "" if decided.model_calls == 1 else "s"
    click.echo(f"{decided.model_calls} model call{plural} made, {decided.reused} answers reused", err=True)
