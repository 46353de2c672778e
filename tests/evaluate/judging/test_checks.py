from __future__ import annotations

import pytest

from rung.evaluate.judging.checks import CheckScorer, keeps
from rung.evaluate.judging.scorer import Judged
from rung.task.example import Example
from rung.task.pattern import TEXT_LIMIT
from rung.task.protocols import Prediction
from rung.task.task import Check

SCHEMA = {"type": "object", "required": ["a"]}


@pytest.mark.parametrize(
    ("check", "output", "kept"),
    [
        (Check("c", must_match=r"^Dear"), "Dear you", True),
        (Check("c", must_match=r"^Dear"), "Hey", False),
        (Check("c", must_not_match=r"https?://"), "see http://x", False),
        (Check("c", must_not_match="b"), "a" * (TEXT_LIMIT + 1), False),
        (Check("c", most_words=2), "one two", True),
        (Check("c", most_words=2), "one two three", False),
        (Check("c", fewest_words=2), "one", False),
        (Check("c", json_schema=SCHEMA), '{"a": 1}', True),
        (Check("c", json_schema=SCHEMA), '{"b": 1}', False),
        (Check("c", json_schema=SCHEMA), 'Here: {"a": 1}', False),
    ],
)
def test_each_rule_is_kept_or_not(check: Check, output: str, kept: bool) -> None:
    assert keeps(output, check) is kept


def test_an_output_is_right_when_it_keeps_every_check() -> None:
    scorer = CheckScorer([Check("short", most_words=3), Check("polite", must_match="please")])
    example = Example("1", "t", "", "g")
    assert scorer(example, Prediction("yes please")) == Judged(True, "right", fields={"short": True, "polite": True})
    assert scorer(example, Prediction("no")) == Judged(False, "check_failed", fields={"short": True, "polite": False})
    nothing = scorer(example, Prediction(" "))
    assert (nothing.outcome, nothing.fields) == ("empty", {"short": False, "polite": False})
