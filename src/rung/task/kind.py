"""Which keys of rung.yaml belong to which kind of task, and which each kind needs."""

from __future__ import annotations

from rung.errors import InvalidTask
from rung.task.schema import TaskFile
from rung.task.task import Kind
from rung.task.yaml import Document

OWN_KEYS: dict[str, Kind] = {
    "labels": "classify",
    "multi_label": "classify",
    "out_of_scope": "classify",
    "schema": "extract",
    "answer": "answer",
    "checks": "generate",
    "judge": "generate",
}
"""Keys of the section `task` that one kind has for itself."""


def refuse_foreign_keys(parsed: TaskFile, document: Document) -> None:
    """Raises InvalidTask, with the line, for a key of another kind, and for one that this kind cannot do without."""
    kind = parsed.task.kind
    written = document.content.get("task")
    for key, value in (written if isinstance(written, dict) else {}).items():
        owner = OWN_KEYS.get(key, kind)
        if owner != kind and value is not None:
            raise InvalidTask(
                f"{document.path}:{document.line(('task', key))}: task.{key}: belongs to kind {owner!r}, and this task "
                f"is of kind {kind!r}; remove the key or change the kind"
            )
    if kind == "extract" and parsed.task.output_schema is None:
        _missing(document, "schema", "kind 'extract' needs the JSON Schema of a record; name its file in task.schema")
    if kind == "generate" and not parsed.task.checks and parsed.task.judge is None:
        _missing(document, "kind", "'generate' needs task.checks or task.judge; else no output could be called right")
    if parsed.current == "traces" and parsed.data.traces is None:
        raise InvalidTask(
            f"{document.path}:{document.line(('current',))}: current: traces needs the production log that shows what "
            "runs today; name it in data.traces"
        )


def _missing(document: Document, key: str, problem: str) -> None:
    raise InvalidTask(f"{document.path}:{document.line(('task', key))}: task.{key}: {problem}")
