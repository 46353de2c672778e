from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from rung.strategies import TrainData
from rung.strategies.asking import (
    DEFAULT_INSTRUCTIONS,
    MOST_TOKENS,
    NO_ANSWER,
    answer_text,
    chooses,
    from_written,
    instructions_text,
    most_tokens,
    read_labels,
    says_no_answer,
)
from rung.task.protocols import Written
from rung.task.task import AnswerRule, Check

MakeTrain = Callable[..., TrainData]
LABELS = ("Billing", "out of stock", "résumé, CV")


def text_of(train: TrainData, **options: bool) -> list[str]:
    return instructions_text(train.task, train.labels, **options).splitlines()


def test_instructions_list_every_label_with_its_description_in_order(make_train: MakeTrain) -> None:
    train = make_train(labels=["a", "b"], instructions=" Route it. ", descriptions={"b": "the second"})
    assert text_of(train) == [
        "Route it.",
        "Answer with exactly one of these labels and nothing else:",
        "- a",
        "- b: the second",
    ]


def test_several_labels_are_asked_for_as_an_array(make_train: MakeTrain) -> None:
    lines = text_of(make_train(labels=["a", "b"], descriptions={"b": "the second"}, multi_label=True))
    assert "JSON array" in lines[1]
    assert "[]" in lines[1]
    assert lines[2:] == ["- a", "- b: the second"]


def test_a_record_is_asked_for_field_by_field(make_train: MakeTrain) -> None:
    schema = {"properties": {"day": {"type": "string", "description": "as written"}}, "required": ["day"]}
    lines = text_of(make_train(kind="extract", instructions="Read it.", output_schema=schema))
    assert lines[0] == "Read it."
    assert "one JSON object and nothing else" in lines[1]
    assert lines[-1] == "- day (text, required): as written"


def test_an_answer_is_bound_to_the_notes_only_where_there_are_notes(make_train: MakeTrain) -> None:
    train = make_train(kind="answer", instructions="Help the visitor.")
    with_notes, without = text_of(train, passages=True), text_of(train)
    assert "notes" in with_notes[1]
    assert not any("notes" in line for line in without)
    assert with_notes[-1].endswith(f"write exactly: {NO_ANSWER}")
    assert without[-1].endswith(f"write exactly: {NO_ANSWER}")


def test_a_text_is_asked_for_in_the_words_of_the_task_alone(make_train: MakeTrain) -> None:
    assert text_of(make_train(kind="generate", instructions="Write a haiku.")) == ["Write a haiku."]


@pytest.mark.parametrize("kind", ["classify", "extract", "answer", "generate"])
def test_a_task_without_instructions_still_says_what_to_do(make_train: MakeTrain, kind: str) -> None:
    opening = text_of(make_train(labels=["a", "b"], kind=kind))[0]
    assert len(opening.split()) > 2
    assert kind != "classify" or opening == DEFAULT_INSTRUCTIONS


def test_only_one_label_an_item_is_a_choice(make_train: MakeTrain) -> None:
    assert chooses(make_train().task)
    assert not chooses(make_train(multi_label=True).task)
    assert not chooses(make_train(kind="extract").task)


def test_an_expected_refusal_is_written_out(make_train: MakeTrain) -> None:
    assert answer_text(make_train(kind="answer").task, "") == NO_ANSWER
    assert answer_text(make_train(kind="answer").task, "a river") == "a river"
    assert answer_text(make_train(kind="generate").task, "") == ""


def test_room_for_an_answer_follows_from_the_task(make_train: MakeTrain) -> None:
    def room(labels: tuple[str, ...] = (), **of_task: Any) -> int:
        return most_tokens(make_train(**of_task).task, labels)

    def schema(fields: int) -> dict[str, Any]:
        return {"properties": {f"f{n}": {"type": "string"} for n in range(fields)}}

    assert room(kind="answer", answer=AnswerRule(most_words=10)) == 20
    assert room(kind="extract", output_schema=schema(1)) < room(kind="extract", output_schema=schema(4))
    assert room(kind="extract", output_schema=schema(900)) == MOST_TOKENS
    assert room(kind="generate") == MOST_TOKENS
    checks = (Check("short", most_words=30), Check("shorter", most_words=20))
    assert 40 <= room(kind="generate", checks=checks) < 60
    labels = tuple(f"label {n}" for n in range(8))
    assert room(labels, multi_label=True) > len(json.dumps(labels).split())


@pytest.mark.parametrize(
    "text", [NO_ANSWER, "No answer in the passages.", '"no answer in the passages"', " NO ANSWER in the passages\n"]
)
def test_a_refusal_is_known_by_its_words(text: str) -> None:
    assert says_no_answer(text)


@pytest.mark.parametrize("text", ["", "no answer", f"There is {NO_ANSWER}", f"{NO_ANSWER}, but it is blue"])
def test_more_or_less_than_the_refusal_is_an_answer(text: str) -> None:
    assert not says_no_answer(text)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('["out of stock", "Billing"]', ["Billing", "out of stock"]),
        ('```json\n["billing"]\n```', ["Billing"]),
        ("[]", []),
        ("[ ]", []),
        ('"Billing"', ["Billing"]),
        ("billing.", ["Billing"]),
        ("Billing, out of stock", ["Billing", "out of stock"]),
        ("- Billing\n- out of stock", ["Billing", "out of stock"]),
        ("résumé, CV", ["résumé, CV"]),
        ('["Billing", "Billing"]', ["Billing"]),
        ('["Billing", "delivery"]', None),
        ('["Billing", 7]', None),
        ('{"labels": ["Billing"]}', None),
        ("true", None),
        ("It is Billing", None),
        ("", None),
        ("[" * 20_000, None),
    ],
)
def test_a_list_of_labels_is_read_in_any_form_and_no_other_text_is(text: str, labels: list[str] | None) -> None:
    assert read_labels(text, LABELS) == labels


def test_labels_that_differ_in_case_alone_are_told_apart_or_refused() -> None:
    assert read_labels('["us"]', ["US", "us"]) == ["us"]
    assert read_labels('["Us"]', ["US", "us"]) is None


@pytest.mark.parametrize(
    ("kind", "written", "output", "failure"),
    [
        ("extract", Written('Sure: {"a": 1}', 5, 9), 'Sure: {"a": 1}', None),
        ("extract", Written('{"a": 1', 5, 9, failure="truncated"), '{"a": 1', "truncated"),
        ("answer", Written("", 9_000, 0, failure="truncated"), "", "truncated"),
        ("answer", Written("a river", 5, 2), "a river", None),
        ("generate", Written("I cannot", 5, 2, failure="refusal"), "", "refusal"),
        ("generate", Written(" \n", 5, 2), "", "empty"),
        ("generate", Written("", 0, 0, failure="endpoint_error"), "", "endpoint_error"),
        ("generate", Written(NO_ANSWER, 5, 2), NO_ANSWER, None),
    ],
)
def test_what_was_written_is_the_output_unless_nothing_usable_was(
    make_train: MakeTrain, kind: str, written: Written, output: str, failure: str | None
) -> None:
    answer = from_written(make_train(kind=kind).task, (), written)
    assert (answer.output, answer.failure, answer.abstained) == (output, failure, False)
    assert output or answer.raw == written.text


@pytest.mark.parametrize(
    ("written", "output", "failure"),
    [
        (Written('["b", "a"]', 5, 9, 0.4), '["a", "b"]', None),
        (Written("[]", 5, 9, 0.4), "[]", None),
        (Written('["a", "z"]', 5, 9, 0.4), "", "not_a_label"),
        (Written("  ", 5, 9, 0.4), "", "empty"),
        (Written('["a", "b"', 5, 9, 0.4, failure="truncated"), "", "truncated"),
    ],
)
def test_several_labels_are_the_output_in_canonical_form(
    make_train: MakeTrain, written: Written, output: str, failure: str | None
) -> None:
    answer = from_written(make_train(multi_label=True).task, ("a", "b"), written)
    assert (answer.output, answer.failure) == (output, failure)
    assert answer.confidence == (None if failure else 0.4)
