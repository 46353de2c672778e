from __future__ import annotations

import pytest

from rung.evidence.traces.aliases import BY_PLAIN_NAME
from rung.evidence.traces.outcomes import outcome_of
from rung.evidence.traces.words import NO_WORDS, YES_WORDS, flag_of, status_of, status_of_failure


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True), (1, True), ("1.0", True), (" Yes ", True), ("thumbs-up", True), ("PASS", True),
        (False, False), (0, False), (0.0, False), ("Thumbs Down", False), ("incorrect", False),
        (0.7, None), (2, None), (-1, None), ("ok-ish", None), ("", None), (None, None), ([], None), ({"a": 1}, None),
    ],
)  # fmt: skip
def test_only_a_declared_word_is_a_yes_or_a_no(value: object, flag: bool | None) -> None:
    assert flag_of(value) is flag


def test_no_word_means_both() -> None:
    assert not YES_WORDS & NO_WORDS


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (200, "ok"), ("201", "ok"), (304.0, "ok"), ("success", "ok"), ("Completed", "ok"), ("STATUS_CODE_UNSET", "ok"),
        (429, "rate_limited"), ("Too Many Requests", "rate_limited"), ("ThrottlingException", "rate_limited"),
        (500, "error"), ("404", "error"), ("timed out", "error"), ("CANCELLED", "error"),
        ("fine I guess", None), (7, None), (True, None), ("", None), ("12345", None), ("٤٢٩", None),
    ],
)  # fmt: skip
def test_a_status_is_a_declared_word_or_an_http_code(value: object, status: str | None) -> None:
    assert status_of(value) == status


def test_a_failure_is_a_rate_limit_when_anything_told_says_so() -> None:
    assert status_of_failure("APIError", None, "Rate limit reached for gpt-4o") == "rate_limited"
    assert status_of_failure("APIError", 429) == "rate_limited"
    assert status_of_failure("APIError", "the disk is full") == "error"
    assert status_of_failure() == "error"


def test_an_evaluation_counts_by_its_name_and_by_the_first_value_that_says_yes_or_no() -> None:
    assert outcome_of("Task Success", (None, 1.0), "t", BY_PLAIN_NAME) == {"success": True, "outcome_at": "t"}
    assert outcome_of("correctness", ("incorrect", 1.0), None, BY_PLAIN_NAME) == {"success": False}
    assert outcome_of("score", (1,), None, BY_PLAIN_NAME) == {"success": True}
    assert outcome_of("human_corrected", ("yes",), None, BY_PLAIN_NAME) == {"corrected": True}
    assert outcome_of("correction_seconds", (None, 90), None, BY_PLAIN_NAME) == {"correction_minutes": 1.5}
    assert "tells no outcome" in str(outcome_of("toxicity", ("pass",), None, BY_PLAIN_NAME))
    assert "stays unknown" in str(outcome_of("correctness", (0.7,), None, BY_PLAIN_NAME))
    assert "tells no outcome" in str(outcome_of("model", ("yes",), None, BY_PLAIN_NAME))
