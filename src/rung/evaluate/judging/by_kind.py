"""The scorer of a task."""

from __future__ import annotations

from collections.abc import Sequence

from rung.errors import InvalidTask
from rung.evaluate.judging.checks import CheckScorer
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.judging.label_set import LabelSetScorer
from rung.evaluate.judging.model_judge import ModelJudge
from rung.evaluate.judging.record import RecordScorer
from rung.evaluate.judging.scorer import Scorer
from rung.evaluate.judging.text_answer import TextAnswerScorer
from rung.evaluate.store import RunStore
from rung.task.example import CorpusEntry
from rung.task.protocols import Generator
from rung.task.task import Task


def scorer_for(
    task: Task,
    corpus: Sequence[CorpusEntry] = (),
    *,
    judge: Generator | None = None,
    store: RunStore | None = None,
) -> Scorer:
    """What judges the answers to this task.

    `judge` is the model that `task.judge` names and `store` keeps its verdicts; both are needed for such a task.
    InvalidTask when one of them, or a record's schema, is not there.
    """
    if task.kind == "extract":
        if task.output_schema is None:
            raise InvalidTask(f"{task.name}: kind 'extract' needs the JSON Schema of a record; name it in task.schema")
        return RecordScorer(task.output_schema)
    if task.kind == "answer":
        return TextAnswerScorer(task.answer, {entry.id: entry.passage for entry in corpus})
    if task.kind == "generate":
        if task.judge is None:
            return CheckScorer(task.checks)
        if judge is None or store is None:
            raise InvalidTask(f"{task.name}: the model of task.judge is not available; correct task.judge.model")
        return ModelJudge(task.judge.question, judge, store, task.checks)
    return LabelSetScorer() if task.multi_label else LabelScorer()
