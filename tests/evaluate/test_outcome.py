from __future__ import annotations

from collections.abc import Sequence

import pytest

from rung.errors import InvalidTask
from rung.evaluate.outcome import scored
from rung.evaluate.run import Row
from rung.task.example import Example
from rung.task.pattern import TEXT_LIMIT
from rung.task.protocols import Failure, Prediction
from rung.task.task import Policy

EXAMPLE = Example("1", "my card was charged twice", "billing", "customer-1")
NO_ADDRESS = Policy("no e-mail address", r"\S+@\S+", must_match=False)
LOWER_CASE = Policy("lower case", r"^[a-z ]+$", must_match=True)


def judge(example: Example, prediction: Prediction, policies: Sequence[Policy]) -> Row:
    """The row of one answer that can be judged."""
    row = scored(example, prediction, policies)
    assert isinstance(row, Row)
    return row


@pytest.mark.parametrize(
    ("output", "failure", "success"),
    [
        ("billing", None, True),
        ("Billing", None, False),
        ("billing ", None, False),
        ("refunds", None, False),
        ("", "not_a_label", False),
        ("", None, False),
        ("billing", "truncated", False),
    ],
)
def test_only_exactly_the_expected_label_without_a_failure_succeeds(
    output: str, failure: Failure | None, success: bool
) -> None:
    row = judge(EXAMPLE, Prediction(output, failure=failure), ())
    assert row.success is success
    assert row.example is EXAMPLE


def test_an_empty_expected_label_is_not_met_by_saying_nothing() -> None:
    assert not judge(Example("1", "text", "", "g"), Prediction(""), ()).success


def test_policies_that_must_and_must_not_match_are_named_when_broken() -> None:
    policies = (NO_ADDRESS, LOWER_CASE)
    assert judge(EXAMPLE, Prediction("billing"), policies).policy_breaks == ()
    assert judge(EXAMPLE, Prediction("Ask a@b.example"), policies).policy_breaks == ("no e-mail address", "lower case")
    assert judge(EXAMPLE, Prediction("Billing"), policies).policy_breaks == ("lower case",)


def test_a_broken_policy_leaves_success_as_it_is() -> None:
    row = judge(EXAMPLE, Prediction("billing"), (Policy("never billing", "bill", must_match=False),))
    assert row.success
    assert row.policy_breaks == ("never billing",)


def test_silence_breaks_no_policy_and_an_output_too_long_to_check_breaks_all() -> None:
    policies = (NO_ADDRESS, LOWER_CASE)
    assert judge(EXAMPLE, Prediction("", failure="empty"), policies).policy_breaks == ()
    at_the_limit = judge(EXAMPLE, Prediction("a" * TEXT_LIMIT), policies)
    beyond = judge(EXAMPLE, Prediction("a" * (TEXT_LIMIT + 1)), policies)
    assert at_the_limit.policy_breaks == ()
    assert beyond.policy_breaks == ("no e-mail address", "lower case")


def test_a_pattern_that_is_no_regular_expression_names_the_policy() -> None:
    with pytest.raises(InvalidTask, match=r"policies: the pattern of 'open bracket'.*rung.yaml"):
        judge(EXAMPLE, Prediction("billing"), (Policy("open bracket", "[", must_match=True),))
