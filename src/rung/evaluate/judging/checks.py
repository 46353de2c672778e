"""Declared deterministic checks of a generated text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rung.evaluate.judging.outcomes import RIGHT
from rung.evaluate.judging.record_text import strict_record
from rung.evaluate.judging.scorer import Judged, Scorer
from rung.task.example import Example, content_hash
from rung.task.json_schema import violations
from rung.task.pattern import TEXT_LIMIT, found
from rung.task.protocols import Prediction
from rung.task.task import Check


class CheckScorer(Scorer):
    """Right is a text that keeps every check. `fields` says of each check whether it was kept."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)

    @property
    def identity(self) -> str:
        return f"checks {content_hash(json.dumps([asdict(check) for check in self._checks], sort_keys=True))}"

    def __call__(self, example: Example, prediction: Prediction) -> Judged:
        del example  # a check looks at the output alone
        if prediction.failure is not None or not prediction.output.strip():
            nothing = {check.name: False for check in self._checks}
            return Judged(False, prediction.failure or "empty", fields=nothing)
        kept = {check.name: keeps(prediction.output, check) for check in self._checks}
        right = all(kept.values())
        return Judged(right, RIGHT if right else "check_failed", fields=kept)


def keeps(output: str, check: Check) -> bool:
    """Whether the output keeps the check. A text too long to be searched keeps no pattern."""
    where = f"task.checks: {check.name!r}"
    if check.must_match is not None:
        return len(output) <= TEXT_LIMIT and found(check.must_match, output, where=where)
    if check.must_not_match is not None:
        return len(output) <= TEXT_LIMIT and not found(check.must_not_match, output, where=where)
    if check.most_words is not None:
        return len(output.split()) <= check.most_words
    if check.fewest_words is not None:
        return len(output.split()) >= check.fewest_words
    value, unreadable = strict_record(output)
    return not unreadable and not violations(check.json_schema or {}, value)
