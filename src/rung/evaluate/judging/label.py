"""One label out of a closed set."""

from __future__ import annotations

from rung.evaluate.judging.outcomes import RIGHT
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.task.example import Example
from rung.task.protocols import Prediction


class LabelScorer(Scorer):
    """Right is exactly the expected label; an empty output or a failure never is."""

    @property
    def identity(self) -> str:
        return ""

    def __call__(self, example: Example, prediction: Prediction) -> Judged:
        if prediction.failure is not None or prediction.output == "":
            return Judged(False, prediction.failure or "empty")
        right = prediction.output == example.expected
        return Judged(right, RIGHT if right else "wrong_label")
