"""Answers that cannot both be true, with what to do about them."""

from __future__ import annotations

from dataclasses import dataclass

from rung.decide.plan.answers import Answers
from rung.decide.words import number

MOST = 0.5
"""A cause of more than half of the failures is what mostly goes wrong."""
_ADAPTED = ("prompt", "retrieval", "fine_tuned")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Conflict:
    """`keys` name the answers; `because` says what they say against each other, `remedy` what to do."""

    keys: tuple[str, ...]
    because: str
    remedy: str


def conflicts(answers: Answers) -> tuple[Conflict, ...]:
    """Every contradiction among the answers, in the order of the questionnaire; unknown contradicts nothing."""
    return (*_of_today(answers), *_of_failures(answers), *_of_adaptation(answers), *_of_data(answers))


def met_targets(answers: Answers) -> bool | None:
    """Whether what runs today is said to meet every target that is stated; None where that cannot be told."""
    pairs = (
        (answers.targets_task_success, answers.today_task_success, 1.0),
        (answers.targets_correction_rate, answers.today_correction_rate, -1.0),
        (answers.targets_latency_p95_ms, answers.today_latency_p95_ms, -1.0),
        (answers.targets_cost_per_success_usd, answers.today_cost_per_success_usd, -1.0),
    )
    stated = [(target, today, sign) for target, today, sign in pairs if target is not None]
    if any(today is not None and sign * (today - target) < 0 for target, today, sign in stated):
        return False
    return None if not stated or any(today is None for _, today, _ in stated) else True


def _of_today(answers: Answers) -> list[Conflict]:
    measured = [
        name
        for name in ("task_success", "correction_rate", "latency_p95_ms", "cost_per_success_usd")
        if getattr(answers, f"today_{name}") is not None
    ]
    if answers.today_system != "nothing" or not measured:
        return []
    return [
        Conflict(
            ("today.system", *(f"today.{name}" for name in measured)),
            "nothing is said to run today, and yet its figures are stated",
            "say what runs today, or leave its figures unknown",
        )
    ]


def _of_failures(answers: Answers) -> list[Conflict]:
    invalid, success = answers.failures_invalid_share, answers.today_task_success
    if invalid is None or success is None:
        return []
    failing = 1.0 - success
    if invalid > failing + _ROUNDING:
        return [
            Conflict(
                ("today.task_success", "failures.invalid_share"),
                f"{number(invalid, 'share')} of the answers are said to be of the wrong form, but only "
                f"{number(failing, 'share')} fail, and an answer of the wrong form is no success",
                "count both on the same requests",
            )
        ]
    mostly = answers.failures_mostly
    if failing > 0 and invalid / failing > MOST and mostly not in (None, "wrong_format"):
        return [
            Conflict(
                ("failures.mostly", "failures.invalid_share"),
                f"answers of the wrong form are {invalid / failing:.0%} of the failures, but {mostly} is said to be "
                "what mostly goes wrong",
                "set failures.mostly to wrong_format, or correct the share",
            )
        ]
    return []


def _of_adaptation(answers: Answers) -> list[Conflict]:
    found = []
    if answers.adaptation_failed and answers.adaptation_tried == ():
        found.append(
            Conflict(
                ("adaptation.tried", "adaptation.failed"),
                "adaptation is said to have failed, and nothing is said to have been tried",
                "name what was tried in adaptation.tried, or set adaptation.failed to no",
            )
        )
    if answers.adaptation_failed and met_targets(answers) and answers.today_system in _ADAPTED:
        found.append(
            Conflict(
                ("adaptation.failed", "targets"),
                "adaptation is said to have failed, but what runs today is said to meet every target",
                "set the targets that it misses, or set adaptation.failed to no",
            )
        )
    return found


def _of_data(answers: Answers) -> list[Conflict]:
    found = []
    if answers.task_classes is not None and answers.task_kind not in (None, "classify"):
        found.append(
            Conflict(
                ("task.kind", "task.classes"),
                f"classes belong to kind classify, and the task is said to be of kind {answers.task_kind}",
                "remove task.classes, or correct task.kind",
            )
        )
    count, rarest, classes = answers.labels_count, answers.labels_rarest_class, answers.task_classes or 1
    if count is not None and rarest is not None and rarest * classes > count:
        found.append(
            Conflict(
                ("labels.count", "labels.rarest_class"),
                f"if the rarest of {classes} classes has {rarest} examples there are at least {rarest * classes}, and "
                f"{count} are said to be labelled",
                "count the labelled examples again",
            )
        )
    if answers.moat_exclusive and answers.moat_proprietary_tokens == 0:
        found.append(
            Conflict(
                ("moat.proprietary_tokens", "moat.exclusive"),
                "data that nobody else has are said to be there, and there are said to be none",
                "correct moat.proprietary_tokens, or set moat.exclusive to no",
            )
        )
    return found
