"""A project to start from: a template's files, and the data that the worked example builds."""

from __future__ import annotations

from pathlib import Path

from rung.evidence.icd10cm import build
from rung.task.scaffold import create_project

BUILDERS = {"medical-coding": build}


def create(directory: Path, template: str) -> list[Path]:
    """Write the template's files into the directory, made if needed; returns what was written.

    Nothing that exists is overwritten: UsageError names what is in the way, and then nothing is written.
    """
    return create_project(directory, template, BUILDERS.get(template))
