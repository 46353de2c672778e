"""A plan from answers: read, weighed, and written beside the answers that it rests on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from rung.decide.plan import Answers, Plan, conflicts, make_plan
from rung.decide.plan.file import answers_from, refuse_conflicts
from rung.errors import InvalidTask
from rung.strategies.registry import all_cards
from rung.task.yaml import read_yaml


def plan_from_file(path: Path) -> Plan:
    """The plan of an answers file.

    Raises InvalidTask with file and line for an answer that cannot be taken, and for answers that contradict each
    other.
    """
    with suppress(OSError):  # a name that no file can have, or a file that may not be read, is told by what reads it
        if path.is_dir():
            raise InvalidTask(f"{path}: is a directory; name the answers file in it")
        if not path.exists() or not path.read_bytes().strip():
            what = "the file is empty" if path.exists() else "there is no such file"
            raise InvalidTask(f"{path}: {what}; write one with: rung plan --template > {path}")
    document = read_yaml(path)
    answers = answers_from(document)
    refuse_conflicts(conflicts(answers), document)
    return plan_from(answers)


def plan_from(answers: Answers) -> Plan:
    """The plan of these answers."""
    return make_plan(answers, all_cards())
