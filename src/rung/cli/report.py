"""`rung report`: what was decided, again."""

from __future__ import annotations

from pathlib import Path

import click

from rung.cli.options import json_option, project_option, task_file


@click.command()
@click.argument("decision_id", required=False)
@project_option
@json_option
def command(decision_id: str | None, project: Path, as_json: bool) -> int:
    """Show a recorded decision and rewrite its files (default: the latest).

    DECISION_ID may be shortened; rung audit lists the decisions. Nothing is
    measured and nothing is decided anew.

    \b
    Example:
      rung report --project my-task
    """
    from rung.cli.told import tell
    from rung.pipeline import recorded

    tell(recorded(task_file(project), decision_id), as_json=as_json)
    return 0
