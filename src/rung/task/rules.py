"""When an answer is right: what the section `task` says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rung.task.json_schema import read_record_schema, read_schema
from rung.task.model_sections import EndpointSection
from rung.task.paths import path_inside
from rung.task.task import AnswerRule, Check, EndpointChoice, JudgeChoice
from rung.task.task_section import CheckSection, TaskSection
from rung.task.yaml import Document, Place


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes an answer right beyond the expected one; each part belongs to one kind of task."""

    output_schema: Mapping[str, Any] | None
    answer: AnswerRule
    checks: tuple[Check, ...]
    judge: JudgeChoice | None


def read_rules(section: TaskSection, document: Document, directory: Path) -> Rules:
    """The rules, schemas read from their files inside `directory`. Raises InvalidTask with file, line and key."""
    schema = None
    if section.output_schema is not None:
        where = _where(document, ("task", "schema"))
        schema = read_record_schema(path_inside(directory, section.output_schema, where=where), where=where)
    answer = AnswerRule()
    if section.answer is not None:
        answer = AnswerRule(section.answer.right_when, section.answer.min, section.answer.most_words)
    checks = tuple(
        _check(check, ("task", "checks", number), document, directory)
        for number, check in enumerate(section.checks or [])
    )
    judge = None
    if section.judge is not None:
        judge = JudgeChoice(section.judge.question, generator_choice(section.judge.model))
    return Rules(schema, answer, checks, judge)


def generator_choice(section: str | EndpointSection) -> str | EndpointChoice:
    """The model's name, or the server."""
    return section if isinstance(section, str) else EndpointChoice(**section.model_dump())


def _check(section: CheckSection, place: Place, document: Document, directory: Path) -> Check:
    schema = None
    if section.output_schema is not None:
        where = _where(document, (*place, "schema"))
        schema = read_schema(path_inside(directory, section.output_schema, where=where), where=where)
    return Check(
        name=section.name,
        must_match=section.must_match,
        must_not_match=section.must_not_match,
        most_words=section.most_words,
        fewest_words=section.fewest_words,
        json_schema=schema,
    )


def _where(document: Document, place: Place) -> str:
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"{document.path}:{document.line(place)}: {key}"
