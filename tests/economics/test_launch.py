from __future__ import annotations

from typing import Any

import pytest

from rung.economics import weeks_to_launch
from rung.estimate import Estimate, Missing
from rung.task.task import Constraints


def weeks(planted: Any, *, labels: int = 0, fit: float | None = 0.0, audit: Any = "standard", **card: Any) -> Any:
    return weeks_to_launch(planted.task(constraints=Constraints(audit=audit)), planted.card(**card), labels, fit)


def test_weeks_are_integration_approval_and_fit(planted: Any) -> None:
    # PERT means: integration (1 + 8 + 4) / 6, approval (.5 + 4 + 2) / 6; one day of fitting is a seventh of a week.
    found = weeks(planted, fit=86_400.0)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(13 / 6 + 6.5 / 6 + 1 / 7)


def test_labels_to_collect_take_time(planted: Any) -> None:
    assert weeks(planted, labels=800).value > weeks(planted).value + 0.5


def test_a_strict_audit_takes_longer(planted: Any) -> None:
    assert weeks(planted, audit="strict").value > weeks(planted).value


def test_an_unstated_audit_spans_both_and_says_so(planted: Any) -> None:
    unknown = weeks(planted, audit=None)
    width = unknown.high - unknown.low
    assert width > weeks(planted).high - weeks(planted).low
    assert "not stated" in unknown.note


def test_the_interval_holds_the_value(planted: Any) -> None:
    found = weeks(planted)
    assert 0 <= found.low < found.value < found.high


def test_a_fit_that_was_never_made_is_missing_with_the_command(planted: Any) -> None:
    found = weeks(planted, fit=None, name="lora", family="fine_tuned")
    assert isinstance(found, Missing)
    assert found.remedy == "rung run lora"


def test_a_prompt_needs_no_fit(planted: Any) -> None:
    assert isinstance(weeks(planted, fit=None), Estimate)
