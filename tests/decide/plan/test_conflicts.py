from __future__ import annotations

from typing import Any

import pytest

from rung.decide.plan import Answers, conflicts


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        ({"adaptation_failed": True, "adaptation_tried": ()}, ("adaptation.tried", "adaptation.failed")),
        (
            {
                "today_system": "prompt",
                "today_task_success": 0.9,
                "targets_task_success": 0.8,
                "adaptation_failed": True,
                "adaptation_tried": ("prompting",),
            },
            ("adaptation.failed", "targets"),
        ),
        ({"today_system": "nothing", "today_task_success": 0.5}, ("today.system", "today.task_success")),
        (
            {"today_task_success": 0.95, "failures_invalid_share": 0.1},
            ("today.task_success", "failures.invalid_share"),
        ),
        (
            {"today_task_success": 0.86, "failures_invalid_share": 0.1, "failures_mostly": "confuses_classes"},
            ("failures.mostly", "failures.invalid_share"),
        ),
        ({"task_kind": "extract", "task_classes": 4}, ("task.kind", "task.classes")),
        ({"labels_count": 100, "labels_rarest_class": 60, "task_classes": 2}, ("labels.count", "labels.rarest_class")),
        ({"moat_exclusive": True, "moat_proprietary_tokens": 0.0}, ("moat.proprietary_tokens", "moat.exclusive")),
    ],
)
def test_answers_that_cannot_both_be_true_are_named_with_a_remedy(
    answers: dict[str, Any], keys: tuple[str, ...]
) -> None:
    (found,) = conflicts(Answers(**answers))
    assert found.keys == keys
    assert found.because
    assert found.remedy


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"adaptation_failed": True},  # what was tried is not said
        {"adaptation_failed": False, "adaptation_tried": ()},
        {"today_task_success": 0.9, "failures_invalid_share": 0.1},  # 1 - .9 is not quite .1 in floating point
        {"task_kind": "classify", "task_classes": 4},
        {"labels_count": 120, "labels_rarest_class": 60, "task_classes": 2},
    ],
)
def test_what_is_possible_or_unknown_contradicts_nothing(answers: dict[str, Any]) -> None:
    assert conflicts(Answers(**answers)) == ()
