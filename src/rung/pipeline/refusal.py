"""Judges requests that lie outside the task: right is what does nothing with them."""

from __future__ import annotations

from rung.diagnose.robustness import refused
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Kind


class RefusalScorer(Scorer):
    """Right is an answer of none, a failure, or the task's own label for requests that belong nowhere."""

    def __init__(self, kind: Kind, out_of_scope_label: str | None) -> None:
        self._kind = kind
        self._label = out_of_scope_label

    @property
    def identity(self) -> str:
        return f"refusal {self._kind} {self._label}"

    def __call__(self, example: Example, prediction: Prediction) -> Judged:
        del example
        right = refused(prediction, kind=self._kind, out_of_scope_label=self._label)
        return Judged(right, "right_refusal" if right else "answered_unanswerable")
