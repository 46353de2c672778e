"""The right outcome of a row, read by the kind of task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rung.evidence.rows import Problems, RawRow
from rung.task.json_schema import violations
from rung.task.task import Task

MAX_CHARACTERS = 32_000


@dataclass(frozen=True, slots=True)
class Expected:
    """`text` as `Example.expected` has it; `references` are other answers that are as right."""

    text: str
    references: tuple[str, ...] = ()


_NONE = Expected("")


def read_expected(row: RawRow, values: Mapping[str, Any], task: Task, problems: Problems, *, csv: bool) -> Expected:
    """What the row calls right; every problem is added, and then the result means nothing.

    classify: a label, or with several labels their list. extract: the record, or its JSON text. answer: a text, null
    where the corpus holds none, or {"answer", "references"}. generate: a text, or nothing. A CSV cell holds lists and
    records as JSON text.
    """
    value = values.get("expected")
    if task.kind == "classify" and not task.multi_label:
        return Expected(_label(row, value, problems))
    if task.kind == "classify":
        return Expected(_label_list(row, value, problems, csv=csv))
    if task.kind == "extract":
        return Expected(_record(row, value, task, problems))
    if task.kind == "answer":
        return _answer(row, values, problems, csv=csv)
    return Expected(_text(row, value, "expected", problems) if value is not None else "")


def _label(row: RawRow, value: Any, problems: Problems) -> str:
    if not isinstance(value, str):
        problems.add(row.line, f"expected must be a label as text, found {shortened(value)}; put it in quotes")
    elif not value.strip():
        problems.add(row.line, "expected is empty; label the row or remove it")
    elif value != value.strip() or "\n" in value:
        problems.add(row.line, f"the label {value!r} has spaces or line breaks around it; remove them")
    else:
        return value
    return ""


def _label_list(row: RawRow, value: Any, problems: Problems, *, csv: bool) -> str:
    if isinstance(value, str) and csv:
        value = _json_of(row, value, problems) if value.lstrip().startswith("[") else [value]
    if not isinstance(value, list):
        problems.add(row.line, f'expected must be a list of labels such as ["a", "b"], found {shortened(value)}')
        return ""
    before = problems.count
    labels = [_label(row, one, problems) for one in value]
    if problems.count == before and len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        problems.add(row.line, f"the label {twice!r} stands in expected twice; keep it once")
    return json.dumps(sorted(labels), ensure_ascii=False)


def _record(row: RawRow, value: Any, task: Task, problems: Problems) -> str:
    if isinstance(value, str):
        value = _json_of(row, value, problems)
    if not isinstance(value, dict):
        problems.add(row.line, f"expected must be the record, an object, found {shortened(value)}")
        return ""
    for broken in violations(task.output_schema or {}, value):
        place = f"expected{broken.pointer}"
        problems.add(row.line, f"{place}: {broken.problem}; correct the row or the schema in task.schema")
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _answer(row: RawRow, values: Mapping[str, Any], problems: Problems, *, csv: bool) -> Expected:
    value, references = values.get("expected"), values.get("references")
    if isinstance(value, dict):
        if set(value) - {"answer", "references"} or "answer" not in value:
            problems.add(row.line, f'expected as an object has "answer" and "references", found {shortened(value)}')
            return _NONE
        if references is not None and "references" in value:
            problems.add(row.line, "references stand in expected and beside it; keep one of them")
        value, references = value["answer"], value.get("references", references)
    if isinstance(references, str) and csv:
        references = _json_of(row, references, problems) if references.lstrip().startswith("[") else [references]
    references = [] if references is None else references
    if not isinstance(references, list) or not all(isinstance(one, str) and one.strip() for one in references):
        problems.add(row.line, f"references must be a list of texts, found {shortened(references)}")
        return _NONE
    if value is None:
        if references:
            problems.add(row.line, "has references and no expected answer; put one of them into expected")
        return _NONE
    return Expected(_text(row, value, "expected", problems), tuple(dict.fromkeys(references)))


def _text(row: RawRow, value: Any, key: str, problems: Problems) -> str:
    if not isinstance(value, str):
        problems.add(row.line, f"{key} must be text, found {shortened(value)}; put it in quotes")
    elif not value.strip():
        problems.add(row.line, f"{key} is empty; fill it, or write null where there is none")
    elif len(value) > MAX_CHARACTERS:
        problems.add(row.line, f"{key} has more than {MAX_CHARACTERS:,} characters; shorten it")
    else:
        return value.strip()
    return ""


def _json_of(row: RawRow, text: str, problems: Problems) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        problems.add(row.line, f"expected is text that is not JSON: {shortened(text)}; write the value itself")
        return None


def shortened(value: Any) -> str:
    """A value for a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
