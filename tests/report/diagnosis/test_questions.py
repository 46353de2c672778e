from __future__ import annotations

from dataclasses import replace

import pytest

from rung.decide.decision import Decision
from rung.diagnose.diagnosis import Diagnosis
from rung.estimate import Missing
from rung.pipeline.diagnose import Diagnosed
from rung.report.diagnosis.questions import asked, is_analysed, not_asked, title


def test_the_questions_come_in_their_order_and_all_of_them(everything: Diagnosed) -> None:
    numbers = [one.number for one in asked(everything.diagnosis)]
    assert numbers == ["D1", "D2, D5", "D3", "D4", "D6", "D8", "D9", "D10", "D11"]


def test_a_question_that_was_not_asked_is_left_out(everything: Diagnosed) -> None:
    found = replace(everything.diagnosis, wordings=None, stages=(), worth=None)
    assert [one.key for one in asked(found)] == [
        "contract", "context", "capacity", "groundedness", "robustness", "abstention",
    ]  # fmt: skip


def test_figures_missing_for_the_same_reason_are_told_in_one_sentence(everything: Diagnosed) -> None:
    capacity = next(one for one in asked(everything.diagnosis) if one.key == "capacity")
    assert [line.name for line in capacity.lines] == ["Right with a larger model", "Gained by it"]
    assert capacity.unknown == (
        "Unknown: right on items that it learned from, that less the success on dev: "
        "few-shot learns no weights, so it has no training items.",
    )


def test_two_reasons_are_two_sentences(everything: Diagnosed) -> None:
    capacity = everything.diagnosis.capacity
    assert capacity is not None
    found = replace(
        everything.diagnosis, capacity=replace(capacity, larger=Missing("no larger model", "models.larger"))
    )
    question = next(one for one in asked(found) if one.key == "capacity")
    assert question.unknown[0] == "Unknown: right with a larger model: no larger model; models.larger."
    assert len(question.unknown) == 2


def test_the_headline_is_the_finding_and_empty_where_nobody_has_it(everything: Diagnosed) -> None:
    headlines = {one.key: one.headline for one in asked(everything.diagnosis)}
    assert headlines["contract"] == "won back by constraining or parsing: +6.0 points (+3.0 to +10.0)"
    assert headlines["robustness"] == "typo: −6.0 points (−11.0 to −1.0)"  # the change that costs most
    assert headlines["stages"] == "retrieval made perfect: +14.0 points (+9.0 to +20.0)"  # the largest recovery
    context = everything.diagnosis.context
    assert context is not None
    found = replace(everything.diagnosis, context=replace(context, retrieval_owed=Missing("no oracle passages")))
    assert next(one for one in asked(found) if one.key == "context").headline == ""


@pytest.mark.parametrize(
    ("exhausted", "words"),
    [
        (True, "The prompt is exhausted."),
        (False, "The prompt is not exhausted."),
        (None, "Whether the prompt is exhausted cannot be told."),
    ],
)
def test_whether_the_prompt_is_exhausted_is_said_in_words(
    everything: Diagnosed, exhausted: bool | None, words: str
) -> None:
    wordings = everything.diagnosis.wordings
    assert wordings is not None
    found = replace(everything.diagnosis, wordings=replace(wordings, exhausted=exhausted))
    question = next(one for one in asked(found) if one.key == "wordings")
    assert question.readings == (words, f"{wordings.because}.")


def test_what_could_not_be_asked_is_told_with_its_number_and_reason(nothing_fails: Diagnosed) -> None:
    assert not_asked(nothing_fails.diagnosis) == (
        "D2 The right passages in the prompt; D5 The model without passages: the corpus is empty.",
        "D4 Wording a list: no answer came back.",
        "D10 Abstention; D11 Worth fixing: there are no failures.",
        "Something else: no such items.",
    )


def test_a_record_of_an_earlier_version_holds_no_full_analysis(decision: Decision, everything: Diagnosed) -> None:
    assert not is_analysed(decision.diagnoses[0])
    assert is_analysed(everything.diagnosis)


def test_the_title_does_not_ask_why_where_nothing_fails(everything: Diagnosed, nothing_fails: Diagnosed) -> None:
    assert title(everything.diagnosis) == "Why few-shot fails"
    assert title(nothing_fails.diagnosis) == "retrieval does not fail on dev"


def test_an_analysis_whose_every_figure_is_missing_has_no_line_and_no_number(everything: Diagnosed) -> None:
    gone = Missing("nothing was asked")

    def emptied(found: Diagnosis) -> Diagnosis:
        assert found.abstention is not None
        parts = dict.fromkeys(
            ("area", "area_if_perfect", "coverage_at_target", "calibration_error", "calibrated_error", "temperature"),
            gone,
        )
        return replace(found, abstention=replace(found.abstention, coverage=(), risk=(), **parts))

    question = next(one for one in asked(emptied(everything.diagnosis)) if one.key == "abstention")
    assert question.lines == ()
    assert len(question.unknown) == 1
