"""Whether one answer is right, and which declared policies it broke."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rung.errors import InvalidTask
from rung.evaluate.run import Row
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Policy

POLICY_TEXT_LIMIT = 10_000
"""Characters of an output that policies are matched against: a regular expression may take time out of all
proportion to its text."""


def judge(example: Example, prediction: Prediction, policies: Sequence[Policy]) -> Row:
    """The item's row. Success is exactly the expected label; an empty output or a failure is never one.

    A policy is a regular expression searched for in the output. An output beyond `POLICY_TEXT_LIMIT` breaks every
    policy, because it cannot be shown to keep it; an empty output says nothing and breaks none.
    """
    success = prediction.failure is None and prediction.output != "" and prediction.output == example.expected
    breaks = tuple(policy.name for policy in policies if prediction.output and not _keeps(prediction.output, policy))
    return Row(example, prediction, success, breaks)


def _keeps(output: str, policy: Policy) -> bool:
    if len(output) > POLICY_TEXT_LIMIT:
        return False
    found = _compiled(policy.name, policy.pattern).search(output) is not None
    return found == policy.must_match


@lru_cache(maxsize=256)
def _compiled(name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InvalidTask(
            f"policies: the pattern of {name!r} is not a regular expression: {error}; correct {pattern!r} in rung.yaml"
        ) from error
