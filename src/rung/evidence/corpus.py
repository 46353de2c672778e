"""The passages that may be retrieved, read strictly."""

from __future__ import annotations

from pathlib import Path

from rung.errors import InvalidData
from rung.evidence.labels import label_problem
from rung.evidence.rows import Problems, RawRow, read_rows
from rung.task.example import CorpusEntry

MAX_PASSAGE_CHARACTERS = 32_000
_KEYS = frozenset({"id", "title", "text", "label"})


def read_corpus(path: Path, labels: tuple[str, ...]) -> tuple[CorpusEntry, ...]:
    """The entries in the order of the file. Raises InvalidData with the first five problems.

    Each row has an id of its own, a title or a text or both, and optionally the label it stands for, which must
    be one of `labels`; kinds of task without labels (`labels` empty) have none to stand for.
    """
    problems = Problems(path)
    entries: list[CorpusEntry] = []
    lines: dict[str, int] = {}
    for row in read_rows(path, problems):
        entry = _entry(row, labels, problems)
        if entry is None:
            continue
        if entry.id in lines:
            problems.add(row.line, f"the id {entry.id!r} also stands in line {lines[entry.id]}; keep one of them")
        lines.setdefault(entry.id, row.line)
        entries.append(entry)
    problems.refuse()
    if not entries:
        raise InvalidData(f"{path}: holds no entry; write one passage per line, or leave data.corpus out")
    return tuple(entries)


def _entry(row: RawRow, labels: tuple[str, ...], problems: Problems) -> CorpusEntry | None:
    before = problems.count
    for key in row.values.keys() - _KEYS:
        problems.add(row.line, f"unknown key {key!r}; a corpus row has id, title, text and label")
    words: dict[str, str] = {}
    for key in sorted(_KEYS):
        value = row.values.get(key)
        if value is None:
            continue
        if key == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            problems.add(row.line, f"{key} must be text; put it in quotes")
        elif len(value) > MAX_PASSAGE_CHARACTERS:
            problems.add(row.line, f"{key} has more than {MAX_PASSAGE_CHARACTERS:,} characters; cut it into passages")
        else:
            words[key] = value.strip()
    if problems.count > before:
        return None
    if not words.get("id"):
        problems.add(row.line, "has no id; give every entry one")
    if not words.get("title") and not words.get("text"):
        problems.add(row.line, "has neither title nor text; fill one of them")
    problem = label_problem(words["label"], labels) if words.get("label") else None
    if words.get("label") and not labels:
        problem = "label belongs to tasks of kind classify; remove it"
    if problem is not None:
        problems.add(row.line, problem)
    if problems.count > before:
        return None
    return CorpusEntry(words["id"], words.get("title", ""), words.get("text", ""), words.get("label") or None)
