"""Answers broken on purpose, with right values inside."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rung.diagnose.contract import Contract, contract
from rung.errors import InvalidData
from rung.estimate import Estimate, Provenance
from rung.evaluate.judging import LabelScorer, Scorer
from rung.evaluate.judging.checks import CheckScorer
from rung.evaluate.judging.label_set import LabelSetScorer
from rung.evaluate.judging.model_judge import ModelJudge
from rung.evaluate.judging.record import RecordScorer
from rung.evaluate.judging.text_answer import TextAnswerScorer
from rung.evaluate.outcome import scored
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Choice, Failure, Prediction, Prompt, Written
from rung.task.task import AnswerRule, Check, Kind

RunMaker = Callable[..., Run]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"vendor": {"type": "string"}, "total": {"type": "number"}, "currency": {"enum": ["EUR", "USD"]}},
    "required": ["vendor", "total"],
    "additionalProperties": False,
}
RECORDS = RecordScorer(SCHEMA)
LABELS = ("billing", "billing dispute", "shipping")


def row(scorer: Scorer, number: int, expected: str, prediction: Prediction, *, group: str | None = None) -> Row:
    found = scored(Example(f"i{number}", f"text {number}", expected, group or f"g{number}"), prediction, (), scorer)
    assert isinstance(found, Row)
    return found


def read(run: Run, scorer: Scorer, kind: Kind, *, multi_label: bool = False) -> Contract:
    return contract(run, scorer, labels=LABELS, kind=kind, multi_label=multi_label, source="run 0123, dev")


def figure(found: object) -> Estimate:
    assert isinstance(found, Estimate)
    return found


def record(number: int) -> dict[str, Any]:
    return {"vendor": f"Vendor {number}", "total": number, "currency": "EUR"}


def prose(text: str) -> str:
    return f"Here is the record you asked for:\n```json\n{text}\n```"


def trailing_comma(text: str) -> str:
    return text[:-1] + ",}"


def single_quotes(text: str) -> str:
    return text.replace('"', "'")


def cut(text: str) -> str:
    return text[:-1]


def cut_before_the_last_value(text: str) -> str:
    return text[: text.rindex(",")]


WAYS = (prose, trailing_comma, single_quotes, cut, cut_before_the_last_value)
"""The first four lose nothing; the last loses a value."""


def test_a_format_that_breaks_a_tenth_of_the_records_is_found_and_what_can_be_repaired_is_won_back(
    make_run: RunMaker,
) -> None:
    rows = []
    for number in range(500):
        text = json.dumps(record(number))
        breaks = number % 10 == 0
        written = WAYS[number // 10 % 5](text) if breaks else text
        rows.append(row(RECORDS, number, text, Prediction(written)))
    found = read(make_run(rows), RECORDS, "extract")
    broken, won = figure(found.broken), figure(found.won_back)
    assert broken.value == 0.10
    assert broken.low is not None
    assert broken.high is not None
    assert broken.low < 0.10 < broken.high
    assert won.value == pytest.approx(0.10 * 4 / 5)
    assert won.low is not None
    assert 0 < won.low < 0.08
    assert (figure(found.strict).value, figure(found.lenient).value) == (0.90, 0.98)
    assert len(found.broken_ids) == 50
    assert len(found.won_ids) == 40
    assert set(found.won_ids) < set(found.broken_ids)
    assert "i40" not in found.won_ids  # lost its last value


def test_a_run_that_keeps_its_form_breaks_nothing_and_wins_nothing_back(make_run: RunMaker) -> None:
    rows = [row(RECORDS, number, json.dumps(record(number)), Prediction(json.dumps(record(3)))) for number in range(50)]
    found = read(make_run(rows), RECORDS, "extract")
    assert (figure(found.broken).value, figure(found.won_back).value) == (0.0, 0.0)
    assert figure(found.won_back).low == 0.0
    assert figure(found.strict).value == figure(found.lenient).value == 1 / 50
    assert (found.broken_ids, found.won_ids) == ((), ())


def test_items_of_one_group_count_together(make_run: RunMaker) -> None:
    text = json.dumps(record(1))
    written = [prose(text) if number < 20 else text for number in range(100)]
    alone = [row(RECORDS, number, text, Prediction(one)) for number, one in enumerate(written)]
    grouped = [row(RECORDS, n, text, Prediction(one), group=f"g{n // 10}") for n, one in enumerate(written)]
    one, other = (figure(read(make_run(rows), RECORDS, "extract").won_back) for rows in (alone, grouped))
    assert one.value == other.value == 0.2
    assert one.high is not None
    assert other.high is not None
    assert other.high > one.high
    assert "10 groups" in other.note


RIGHT = '{"vendor": "Café Nord", "total": 12, "currency": "EUR"}'
TAXONOMY: dict[str, tuple[str, Failure | None, bool]] = {
    "empty": ("   ", None, False),
    "refusal": ("I’m unable to help with invoices, I can’t read them.", None, False),
    "prose_wrapped": (f"Sure! {RIGHT} Anything else?", None, True),
    "bad_json": ('{vendor: "Café Nord", total: 12, currency: "EUR"}', None, True),
    "truncated": ('{"vendor": "Café Nord", "total": 12, "currency": "EUR"', "truncated", True),
    "missing_field": ('{"vendor": "Café Nord", "currency": "EUR"}', None, False),
    "wrong_type": ('{"vendor": "Café Nord", "total": "12 EUR", "currency": "EUR"}', None, False),
    "not_in_enum": ('{"vendor": "Café Nord", "total": 12, "currency": "Euro"}', None, False),
    "extra_field": ('{"vendor": "Café Nord", "total": 12, "currency": "EUR", "confidence": 0.9}', None, True),
    "wrong_value": ('{"vendor": "Café Süd", "total": 12, "currency": "EUR"}', None, False),
}
"""By outcome: what was written, what the call says, and whether a lenient reading makes it right."""


@pytest.mark.parametrize("outcome", TAXONOMY)
def test_each_class_of_error_comes_out_of_a_text_and_tells_whether_parsing_would_mend_it(
    outcome: str, make_run: RunMaker
) -> None:
    written, failure, mended = TAXONOMY[outcome]
    one = row(RECORDS, 1, RIGHT, Prediction(written, failure=failure))
    assert one.outcome == outcome
    found = read(make_run([one]), RECORDS, "extract")
    assert figure(found.broken).value == float(outcome != "wrong_value")
    assert found.won_ids == (("i1",) if mended else ())


def unread(raw: str, failure: Failure = "not_a_label", output_tokens: int | None = None) -> Prediction:
    return Prediction("", raw=raw, failure=failure, output_tokens=output_tokens)


def test_a_label_in_another_form_is_won_back_and_a_wrong_one_is_not(make_run: RunMaker) -> None:
    answers = [
        Prediction("billing"),
        Prediction("shipping"),  # a valid label that is wrong: nothing to parse
        unread("I would say BILLING here, mostly"),
        unread("I would say Shipping here"),
        unread("It is a billing dispute"),  # hides the right label, which is inside
        unread("billing or shipping"),
        unread('{"team": "Billing"}'),
        unread("no idea"),
        Prediction("Billing"),  # a third party's strategy that does not check its labels
    ]
    rows = [row(LabelScorer(), number, "billing", answer) for number, answer in enumerate(answers)]
    found = read(make_run(rows), LabelScorer(), "classify")
    assert found.broken_ids == ("i2", "i3", "i4", "i5", "i6", "i7", "i8")
    assert found.won_ids == ("i2", "i6", "i8")
    assert figure(found.strict).value == pytest.approx(1 / 9)
    assert figure(found.lenient).value == pytest.approx(4 / 9)
    assert figure(found.won_back).value == pytest.approx(3 / 9)


@pytest.mark.parametrize(
    ("answer", "won"),
    [
        (unread("billing, since the customer was char", "truncated", 9), True),
        (unread("context too long for billing", "truncated", 0), False),  # the server's complaint
        (unread("billing endpoint down", "endpoint_error"), False),
        (unread("I will not say billing", "refusal"), False),
        (unread("", "empty"), False),
    ],
)
def test_only_what_the_model_wrote_as_an_answer_is_read(answer: Prediction, won: bool, make_run: RunMaker) -> None:
    found = read(make_run([row(LabelScorer(), 1, "billing", answer)]), LabelScorer(), "classify")
    assert found.broken_ids == ("i1",)
    assert found.won_ids == (("i1",) if won else ())


def test_several_labels_are_won_back_as_a_set(make_run: RunMaker) -> None:
    expected = '["billing", "shipping"]'
    answers = [
        Prediction(expected),
        Prediction('["billing"]'),
        unread("Both Shipping and Billing"),
        unread("Only shipping"),
        Prediction("shipping and billing"),  # not_a_list
    ]
    rows = [row(LabelSetScorer(), number, expected, answer) for number, answer in enumerate(answers)]
    rows.append(row(LabelSetScorer(), 9, "[]", unread("None of the labels apply.")))
    found = read(make_run(rows), LabelSetScorer(), "classify", multi_label=True)
    assert found.broken_ids == ("i2", "i3", "i4", "i9")
    assert found.won_ids == ("i2", "i4", "i9")


def test_an_answer_in_quotes_or_cut_after_it_was_given_is_won_back(make_run: RunMaker) -> None:
    scorer = TextAnswerScorer(AnswerRule("exact_match"), {})
    answers = [
        Prediction("Paris"),
        Prediction("Answer: “Paris”"),
        Prediction("Paris", failure="truncated", output_tokens=9),
        Prediction("Lyon"),
        Prediction("", abstained=True),
        unread("I cannot help", "refusal"),
    ]
    rows = [row(scorer, number, "Paris", answer) for number, answer in enumerate(answers)]
    found = read(make_run(rows), scorer, "answer")
    assert found.broken_ids == ("i2", "i5")
    assert found.won_ids == ("i1", "i2")


def test_a_generated_text_is_checked_again_without_its_fence(make_run: RunMaker) -> None:
    scorer = CheckScorer([Check("json", json_schema={"type": "object"}), Check("short", most_words=9)])
    answers = [Prediction("{}"), Prediction("```json\n{}\n```"), Prediction("[]"), Prediction('"{}')]
    rows = [row(scorer, number, "", answer) for number, answer in enumerate(answers)]
    found = read(make_run(rows), scorer, "generate")
    assert found.broken_ids == ("i1", "i2", "i3")
    assert found.won_ids == ("i1",)


class Says:
    """A judge that says yes to everything and counts its questions."""

    identity, hosted, metered, asked = "says yes", False, False, 0

    def choose(self, prompts: Sequence[Prompt], labels: Sequence[str]) -> list[Choice]:
        self.asked += len(prompts)
        return [Choice("yes", 0.9, 1, 1) for _ in prompts]

    def write(self, prompts: Sequence[Prompt], *, most_tokens: int) -> list[Written]:
        raise NotImplementedError


def test_a_judge_is_asked_about_mended_texts_alone_and_its_word_is_no_measurement(
    make_run: RunMaker, tmp_path: Path
) -> None:
    from rung.adapters.store import SqlStore

    judge = Says()
    with SqlStore(tmp_path / "rung.db") as store:
        scorer = ModelJudge("Is it polite?", judge, store, [Check("bare", must_not_match="```")])
        answers = [Prediction("yes please"), Prediction("```\nof course\n```"), Prediction("a ``` within")]
        rows = [row(scorer, number, "", answer) for number, answer in enumerate(answers)]
        assert judge.asked == 1
        found = read(make_run(rows), scorer, "generate")
    assert judge.asked == 2
    assert found.won_ids == ("i1",)
    assert figure(found.broken).provenance is Provenance.MEASURED
    assert {figure(one).provenance for one in (found.strict, found.lenient, found.won_back)} == {Provenance.MODELLED}


def test_a_run_without_rows_is_refused(make_run: RunMaker) -> None:
    with pytest.raises(InvalidData, match="no items to diagnose"):
        read(make_run([]), LabelScorer(), "classify")


def test_a_giant_answer_is_read_at_its_end(make_run: RunMaker) -> None:
    rows = [row(LabelScorer(), 1, "billing", unread("shipping " * 40_000 + "so\nLabel: Billing"))]
    assert read(make_run(rows), LabelScorer(), "classify").won_ids == ("i1",)
