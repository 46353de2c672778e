"""What the entries of the corpus bring into a prompt: notes, or solved examples where they bear a label."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rung.errors import InvalidData
from rung.strategies.contract import TrainData
from rung.strategies.index_prompting import Found, IndexedTexts
from rung.task.example import CorpusEntry
from rung.task.protocols import Shot
from rung.task.task import Task


def corpus_passages(train: TrainData, *, notes: int) -> IndexedTexts:
    """The entries that have a text; `notes` of them go into a prompt. Raises `InvalidData` where none has one."""
    entries = [entry for entry in train.corpus if entry.passage.strip()]
    if not entries:
        raise InvalidData("strategy retrieval-prompt found no text in the corpus; name one under data.corpus")

    def find(positions: Sequence[int]) -> Found:
        found = [entries[position] for position in positions]
        return Found(notes_of(found, train.task), shots_of(found, train.task), tuple(entry.id for entry in found))

    return IndexedTexts([entry.passage for entry in entries], notes, find, passages=True, what="corpus")


def notes_of(entries: Sequence[CorpusEntry], task: Task) -> tuple[str, ...]:
    """The passages that solve nothing, best first: those without a label, and all where the task is no choice."""
    return tuple(entry.passage for entry in entries if not _solves(entry, task))


def shots_of(entries: Sequence[CorpusEntry], task: Task) -> tuple[Shot, ...]:
    """The passages that stand for a label, each as a solved example of it, the best last, next to the question."""
    return tuple(Shot(entry.passage, _answer(entry, task)) for entry in reversed(entries) if _solves(entry, task))


def _solves(entry: CorpusEntry, task: Task) -> bool:
    return bool(entry.label) and task.kind == "classify"


def _answer(entry: CorpusEntry, task: Task) -> str:
    label = entry.label or ""
    return json.dumps([label], ensure_ascii=False) if task.multi_label else label
