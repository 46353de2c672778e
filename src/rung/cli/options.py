"""Options that several commands share."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import click

NARROWEST, WIDEST = 60, 120
"""Columns of a page; a file that stdout goes to counts as 80."""

project_option = click.option(
    "--project",
    "project",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Directory with a rung.yaml, or the file itself; without it, the current directory.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


def task_file(project: Path) -> Path:
    """The rung.yaml that `--project` points at."""
    with suppress(OSError):  # a name that no file can have is told by what reads it
        if project.is_dir():
            return project / "rung.yaml"
    return project if project.suffix in (".yaml", ".yml") else project / "rung.yaml"


def page_width() -> tuple[int, bool]:
    """How many columns a page on stdout may take, and whether it may have colours."""
    columns = shutil.get_terminal_size((80, 24)).columns
    return min(max(columns, NARROWEST), WIDEST), sys.stdout is not None and sys.stdout.isatty()
