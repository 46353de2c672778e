"""What was tried and what the failures point at, read from the answers."""

from __future__ import annotations

from rung.decide.plan.answers import Answers, Tried
from rung.decide.situation import Situation
from rung.decide.words import listed
from rung.diagnose.owner import Owner

_TODAY_SHOWS: dict[str, tuple[Tried, ...]] = {
    "prompt": ("prompting",),
    "retrieval": ("prompting", "retrieval"),
    "fine_tuned": ("fine_tuning",),
}
TRIED_WORDS: dict[Tried, str] = {
    "prompting": "prompting",
    "constrained_output": "constrained output",
    "retrieval": "retrieval",
    "fine_tuning": "fine-tuning",
}
_MUST_FAIL: tuple[Tried, ...] = ("prompting", "retrieval", "fine_tuning")
"""What must have been tried before adaptation can be said to have failed."""


def tried_by(answers: Answers) -> frozenset[Tried]:
    """What was tried: what is said, and what runs today."""
    return frozenset((*(answers.adaptation_tried or ()), *_TODAY_SHOWS.get(answers.today_system or "", ())))


def shown_to_fail(answers: Answers) -> bool:
    """Whether everything that adapting a model can be was tried, missed, and that is on paper."""
    return tried_by(answers).issuperset(_MUST_FAIL) and bool(answers.adaptation_failed and answers.adaptation_evidence)


def owner_of(answers: Answers) -> tuple[Owner | None, str]:
    """Who owns most of the failures, by what mostly goes wrong, and why; None where that is not known.

    Retrieval stays the owner after it was tried: what is looked up wrongly is mended by better looking up. Answers of
    the wrong form are the model's own once the output was constrained and they still come.
    """
    tried = tried_by(answers)
    if answers.failures_mostly == "missing_context":
        if "retrieval" in tried:
            return "retrieval", "the context is said to be missing although it is looked up: improve corpus and search"
        return "retrieval", "the model is said to lack context or knowledge: looking it up mends that, tuning does not"
    if answers.failures_mostly == "contradicting_labels":
        return "data_hygiene", "labels are said to contradict each other: no model can be right on both"
    if answers.failures_mostly == "wrong_format":
        if "constrained_output" in tried:
            return "model", "answers of the wrong form are said to come although the output is constrained"
        return "orchestration", "answers are said to have the wrong form, and the output was not constrained yet"
    if answers.failures_mostly in ("confuses_classes", "not_covered"):
        return "model", "the model itself is said to decide wrongly"
    return None, ""


def adaptation_standing(answers: Answers, situation: Situation) -> str:
    """Why adapting an existing model cannot be called failed; "" when it can be, or is ruled out altogether."""
    adapted = [one.card for one in situation.inputs.ladder if one.card.family in ("pretrained", "fine_tuned")]
    # What does not launch in time does not show that adaptation fails: a lifecycle of one's own takes longer still.
    barred = [
        any(not one.unknown and one.exclusion.constraint != "launch_weeks" for one in situation.breaches[card.name])
        for card in adapted
    ]
    if adapted and all(barred):
        return ""
    tried = tried_by(answers)
    untried = [TRIED_WORDS[one] for one in _MUST_FAIL if one not in tried]
    if answers.adaptation_tried is None and untried:
        return f"it is not said whether {listed(untried)} was tried"
    if untried:
        return f"{listed(untried)} {'was' if len(untried) == 1 else 'were'} not tried"
    if answers.adaptation_failed is None:
        return "it is not said whether what was tried misses the targets"
    if not answers.adaptation_failed:
        return "what was tried is not said to miss the targets"
    if not answers.adaptation_evidence:
        return "it is said to have failed, without evidence on an eval set"
    return ""
