"""Any number of labels out of a closed set."""

from __future__ import annotations

import json

from rung.evaluate.judging.outcomes import RIGHT
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.task.example import Example
from rung.task.protocols import Prediction


class LabelSetScorer(Scorer):
    """Right is exactly the set of labels, in any order. The scores "jaccard" and "label_f1" are of one item's sets."""

    @property
    def identity(self) -> str:
        return "label set"

    def __call__(self, example: Example, prediction: Prediction) -> Judged:
        if prediction.failure is not None or not prediction.output.strip():
            return Judged(False, prediction.failure or "empty", _NOTHING)
        answered = labels_in(prediction.output)
        if answered is None:
            return Judged(False, "not_a_list", _NOTHING)
        expected = labels_in(example.expected) or frozenset()
        missing, extra = expected - answered, answered - expected
        shared, together = len(expected & answered), len(expected | answered)
        scores = {
            "jaccard": shared / together if together else 1.0,
            "label_f1": 2 * shared / (len(expected) + len(answered)) if together else 1.0,
        }
        if not missing and not extra:
            return Judged(True, RIGHT, scores)
        return Judged(False, "wrong_labels" if missing and extra else _ONE_SIDED[bool(missing)], scores)


_NOTHING = {"jaccard": 0.0, "label_f1": 0.0}
_ONE_SIDED = {True: "missing_label", False: "extra_label"}


def labels_in(text: str) -> frozenset[str] | None:
    """The labels of a JSON array of strings; None for any other text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        return None
    return frozenset(value)


def overlap(expected: str, output: str) -> tuple[int, int]:
    """What micro-averaged F1 adds up over items: twice the shared labels, and the labels of both sides together.

    An output that is no array of labels has none.
    """
    wanted, answered = labels_in(expected) or frozenset(), labels_in(output) or frozenset()
    return 2 * len(wanted & answered), len(wanted) + len(answered)
