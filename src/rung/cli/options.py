"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

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
    return project / "rung.yaml" if project.is_dir() or project.suffix not in (".yaml", ".yml") else project
