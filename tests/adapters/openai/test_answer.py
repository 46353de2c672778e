"""From a served answer to a label."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.adapters.openai.answer import find_label, read_answer, read_text
from rung.adapters.openai.wire import AnswerChoice

LABELS = ("bill", "billing", "C83", "C83.1", "Other")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("billing", "billing"),
        (" billing.\n", "billing"),
        ('"Billing"', "billing"),
        ("**other**", "Other"),
        ('{"label": "C83.1"}', "C83.1"),
        ('```json\n{"label": "c83"}\n```', "C83"),
        ('"C83"', "C83"),
        ("The right label is billing, I think.", "billing"),
        ("It is C83.1.", "C83.1"),
        ("C83, because C83 fits", "C83"),
        ("bill or billing", None),
        ("C83 rather than C83.1", None),
        ("billings", None),
        ("xC83", None),
        ("", None),
        ('{"label": "unknown"}', None),
        ('{"label": 3}', None),
        ('{"answer": 3}', None),
        ("[" * 100_000, None),
    ],
)
def test_a_label_is_found_when_it_is_the_only_one_given(text: str, label: str | None) -> None:
    assert find_label(text, LABELS) == label


def test_letter_case_decides_between_labels_that_differ_in_nothing_else() -> None:
    assert find_label("us", ("US", "us")) == "us"
    assert find_label("Us", ("US", "us")) is None


def answer(content: str | None, finish: str = "stop", refusal: str | None = None) -> AnswerChoice:
    return AnswerChoice.model_validate({"message": {"content": content, "refusal": refusal}, "finish_reason": finish})


@pytest.mark.parametrize(
    ("choice", "label", "failure"),
    [
        (answer("<think>C83.1 or Other?</think>\n\nC83"), "C83", None),
        (answer('{"label": "C83"', "length"), "C83", None),
        (answer("Let me consider", "length"), None, "truncated"),
        (answer("Let me consider"), None, "not_a_label"),
        (answer(""), None, "empty"),
        (answer(None), None, "empty"),
        (answer(None, refusal="I cannot help with C83."), None, "refusal"),
        (answer("C83", "content_filter"), None, "refusal"),
    ],
)
def test_what_is_no_label_has_its_reason(choice: AnswerChoice, label: str | None, failure: str | None) -> None:
    assert read_answer(choice, LABELS)[:2] == (label, failure)


@given(st.text(max_size=200))
def test_whatever_a_model_writes_only_labels_of_the_set_come_out(text: str) -> None:
    assert find_label(text, LABELS) in (*LABELS, None)


@pytest.mark.parametrize(
    ("message", "finish_reason", "read"),
    [
        ({"content": ' {"a": 1}\n'}, "stop", ('{"a": 1}', None)),
        ({"content": "```json\n{}\n```"}, "stop", ("```json\n{}\n```", None)),
        ({"content": "<think>a or b?</think>\n\nb"}, "stop", ("b", None)),
        ({"content": "<think>a or b"}, "length", ("<think>a or b", "truncated")),
        ({"content": "once upon a"}, "length", ("once upon a", "truncated")),
        ({"content": None}, "stop", ("", "empty")),
        ({"content": "<think>well</think>"}, "stop", ("", "empty")),
        ({"content": None, "refusal": "No."}, "stop", ("No.", "refusal")),
        ({"content": "How to"}, "content_filter", ("How to", "refusal")),
    ],
)
def test_a_text_is_kept_as_written_but_for_thoughts_before_it(
    message: dict[str, str | None], finish_reason: str, read: tuple[str, str | None]
) -> None:
    choice = AnswerChoice.model_validate({"message": message, "finish_reason": finish_reason})
    assert read_text(choice) == read
