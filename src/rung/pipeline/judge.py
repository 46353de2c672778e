"""What judges the answers of a task, its judge model included."""

from __future__ import annotations

from collections.abc import Sequence

from rung.evaluate.judging.by_kind import scorer_for
from rung.evaluate.judging.scorer import Scorer
from rung.evaluate.store import RunStore
from rung.pipeline.models import generator_for
from rung.task.example import CorpusEntry
from rung.task.task import Task


def scorer_of(task: Task, corpus: Sequence[CorpusEntry], store: RunStore) -> Scorer:
    """The scorer of the task. A judge model loads at its first question; what it said before is in the store."""
    judge = None if task.judge is None else generator_for(task.judge.model)
    return scorer_for(task, corpus, judge=judge, store=store)
