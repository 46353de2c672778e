"""From an answer to its row: whether it is right, and which declared policies it broke."""

from __future__ import annotations

from collections.abc import Sequence

from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.judging.scorer import Scorer, Unjudged
from rung.evaluate.run import Row, Unscored
from rung.task.example import Example
from rung.task.pattern import TEXT_LIMIT, found
from rung.task.protocols import Prediction
from rung.task.task import Policy


def scored(
    example: Example, prediction: Prediction, policies: Sequence[Policy], scorer: Scorer | None = None
) -> Row | Unscored:
    """The item's row, or why it could not be judged. `scorer` None: one label out of a closed set.

    A policy is a regular expression searched for in the output. An output beyond `TEXT_LIMIT` breaks every policy,
    because it cannot be shown to keep it; an empty output says nothing and breaks none.
    """
    breaks = tuple(policy.name for policy in policies if prediction.output and not _keeps(prediction.output, policy))
    judged = (scorer or LabelScorer())(example, prediction)
    if isinstance(judged, Unjudged):
        return Unscored(example, prediction, judged.because, breaks)
    return Row(example, prediction, judged.success, breaks, judged.outcome, judged.scores, judged.fields)


def _keeps(output: str, policy: Policy) -> bool:
    if len(output) > TEXT_LIMIT:
        return False
    return found(policy.pattern, output, where=f"policies: the pattern of {policy.name!r}") == policy.must_match
