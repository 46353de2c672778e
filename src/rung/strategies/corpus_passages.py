"""What the entries of the corpus bring into a prompt: notes, or solved examples where they bear a label."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rung.errors import InvalidData
from rung.strategies.index_prompting import Found
from rung.task.example import CorpusEntry
from rung.task.protocols import Shot
from rung.task.task import Task


def entries_with_text(corpus: Sequence[CorpusEntry], *, strategy: str) -> list[CorpusEntry]:
    """The entries that have a text, in order. `InvalidData` names the strategy where none has one."""
    entries = [entry for entry in corpus if entry.passage.strip()]
    if not entries:
        raise InvalidData(f"strategy {strategy} found no text in the corpus; name one under data.corpus")
    return entries


def found_in(entries: Sequence[CorpusEntry], task: Task) -> Found:
    """What the entries, best first, put into the prompt."""
    return Found(notes_of(entries, task), shots_of(entries, task), tuple(entry.id for entry in entries))


def notes_of(entries: Sequence[CorpusEntry], task: Task) -> tuple[str, ...]:
    """The passages that solve nothing, best first: those without a label, and all where the task is no choice."""
    return tuple(entry.passage for entry in entries if not solves(entry, task))


def shots_of(entries: Sequence[CorpusEntry], task: Task) -> tuple[Shot, ...]:
    """The passages that stand for a label, each as a solved example of it, the best last, next to the question."""
    return tuple(Shot(entry.passage, _answer(entry, task)) for entry in reversed(entries) if solves(entry, task))


def solves(entry: CorpusEntry, task: Task) -> bool:
    """True where the entry stands in a prompt as a solved example."""
    return bool(entry.label) and task.kind == "classify"


def _answer(entry: CorpusEntry, task: Task) -> str:
    label = entry.label or ""
    return json.dumps([label], ensure_ascii=False) if task.multi_label else label
