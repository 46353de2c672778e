"""The answers file: read strictly, and written so that a person can go on with it."""

from __future__ import annotations

from typing import Any

from rung.decide.plan.answers import Answers
from rung.decide.plan.conflicts import Conflict
from rung.decide.plan.flips import in_words
from rung.decide.plan.questions import BY_KEY, QUESTIONS, Question
from rung.decide.plan.value import UNKNOWN, value_of_answer
from rung.errors import InvalidTask
from rung.task.problems import nearest
from rung.task.yaml import Document

SHOWN = 5
WIDTH = 100
_GROUPS = frozenset(key.partition(".")[0] for key in BY_KEY if "." in key)
HEAD = """\
# Answers for rung plan. A key that is left out, empty or `unknown` is unknown: it is named in the plan, never guessed.
# rung plan --answers THIS-FILE
"""


def answers_from(document: Document) -> Answers:
    """The answers that the file holds. InvalidTask with up to five `file:line: key: problem` sentences, one a line."""
    values: dict[str, Any] = {}
    problems: list[tuple[int, str]] = []
    for key, raw, line in _entries(document, problems):
        question = BY_KEY.get(key)
        if question is None:
            where, _, last = key.rpartition(".")
            known = [one.removeprefix(f"{where}.") for one in BY_KEY if where and one.startswith(f"{where}.")]
            inside = f" in {where}" if where else ""
            hint = nearest(last, known or [*_GROUPS, *(one for one in BY_KEY if "." not in one)])
            problems.append((line, f"unknown key {last!r}{inside}; {hint}"))
            continue
        try:
            values[question.field] = value_of_answer(question, raw)
        except ValueError as error:
            problems.append((line, f"{key}: {error}"))
    if problems:
        told = [f"{document.path}:{line}: {problem}" for line, problem in sorted(problems)]
        if len(told) > SHOWN:
            told[SHOWN:] = [f"and {len(told) - SHOWN} more problems in {document.path}"]
        raise InvalidTask("\n".join(told))
    return Answers(**values)


def refuse_conflicts(found: tuple[Conflict, ...], document: Document) -> None:
    """InvalidTask, with the line of each, when answers contradict each other."""
    if found:
        raise InvalidTask(
            "\n".join(
                f"{document.path}:{_line(document, one)}: {' and '.join(one.keys)}: {one.because}; {one.remedy}"
                for one in found
            )
        )


def answers_text(answers: Answers) -> str:
    """The answers as a file, every question with its help as a comment; what is unknown stands as `unknown`."""
    lines = [HEAD.rstrip("\n")]
    section, group = "", ""
    for question in QUESTIONS:
        name, dot, last = question.key.partition(".")
        if question.section != section:
            section = question.section
            lines += ["", f"# {section}"]
        if not dot:
            lines.append(_line_of(question, question.key, answers, ""))
            group = ""
            continue
        if name != group:
            group = name
            lines.append(f"{name}:")
        lines.append(_line_of(question, last, answers, "  "))
    return "\n".join(lines) + "\n"


def _entries(document: Document, problems: list[tuple[int, str]]) -> list[tuple[str, Any, int]]:
    """Key, raw value and line of every answer in the file."""
    found = []
    for name, value in document.content.items():
        if name in _GROUPS and not isinstance(value, dict):
            if value is not None and value != UNKNOWN:
                problems.append((document.line((name,)), f"{name}: must be a mapping of keys to answers"))
        elif name in _GROUPS:
            found += [(f"{name}.{key}", raw, document.line((name, key))) for key, raw in value.items()]
        else:
            found.append((name, value, document.line((name,))))
    return found


def _line(document: Document, conflict: Conflict) -> int:
    return max(document.line(tuple(key.split("."))) for key in conflict.keys)


def _line_of(question: Question, key: str, answers: Answers, indent: str) -> str:
    value = getattr(answers, question.field)
    written = _written(question, value)
    about = [question.text, question.help, _takes(question)]
    comment = "; ".join(part.rstrip("?.") for part in about if part)
    start = f"{indent}{key}: {written}"
    return f"{start}  # {comment}" if len(start) + len(comment) + 4 <= WIDTH else f"{indent}# {comment}\n{start}"


def _written(question: Question, value: Any) -> str:
    if value is None:
        return UNKNOWN
    if question.form == "text":
        return "'" + str(value).replace("'", "''") + "'"
    if question.form == "several":
        return f"[{', '.join(value)}]"
    if isinstance(value, bool) or question.form == "choice":
        return in_words(question, value)
    return f"{value:.15g}"


def _takes(question: Question) -> str:
    if question.form in ("choice", "several"):
        return " | ".join(question.choices)
    return "yes | no" if question.form == "flag" else question.unit
