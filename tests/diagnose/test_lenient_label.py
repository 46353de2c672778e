from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.diagnose.lenient_label import LabelReader
from rung.diagnose.lenient_text import bare_text

LABELS = (
    "billing",
    "billing dispute",
    "card_arrival",
    "Crème brûlée",
    "not spam",
    "spam",
    "Node.js",
    "退款",
    "B",
    "C++",
)
READER = LabelReader(LABELS)

ONE = {
    "billing": "billing",
    "  BILLING. ": "billing",
    "'billing'": "billing",
    "**Billing**": "billing",
    "card arrival": "card_arrival",
    "Card-Arrival": "card_arrival",
    "Cre\u0300me bru\u0302le\u0301e": "Crème brûlée",
    "ｂｉｌｌｉｎｇ": "billing",
    '{"label": "Billing"}': "billing",
    '```json\n{"category": "billing dispute", "why": "two charges"}\n```': "billing dispute",
    '["spam"]': "spam",
    "Label: billing": "billing",
    "The text could be spam or billing.\nFinal answer: billing": "billing",
    "<think>spam? no.</think>billing": "billing",
    "This one belongs to Billing, I think.": "billing",
    "It is a billing dispute.": "billing dispute",
    "It is not spam.": "not spam",
    "This is not a billing matter but spam.": "spam",
    "Not billing, spam": "spam",
    "It isn't billing. It is a card arrival.": "card_arrival",
    "This is about Node.js version 20.": "Node.js",
    "答案是退款。": "退款",
    "The answer is B.": "B",
    "This is C++.": "C++",
    "Written in c, mostly": None,  # a single letter counts only as the label writes it
    "billing or spam": None,
    "billing, and a billing dispute": None,
    "rebilling": None,
    "a bee, b it may be": None,
    "It is not billing": None,
    '{"label": "unknown"}': None,
    "": None,
    "???": None,
    "[" * 5000: None,
}


@pytest.mark.parametrize("text", ONE)
def test_one_label_is_read_where_the_text_gives_exactly_one(text: str) -> None:
    assert READER.one(text) == ONE[text]


SEVERAL = {
    "billing, spam": ["billing", "spam"],
    "- Billing\n- card arrival": ["billing", "card_arrival"],
    "Both spam and a billing dispute apply.": ["billing dispute", "spam"],
    "Labels: billing; spam": ["billing", "spam"],
    '{"labels": ["SPAM", "Billing"]}': ["billing", "spam"],
    "It is billing, not a billing dispute.": ["billing"],
    "None.": [],
    "None of the labels apply.": [],
    "[]": [],
    "I cannot tell.": None,
    "": None,
}


@pytest.mark.parametrize("text", SEVERAL)
def test_several_labels_are_those_that_the_text_names(text: str) -> None:
    assert READER.several(text) == SEVERAL[text]


def test_labels_that_differ_in_case_alone_are_read_only_as_they_stand() -> None:
    reader = LabelReader(["us", "US", "uk"])
    assert (reader.one("US"), reader.one("us"), reader.one("Us"), reader.one("The US one.")) == ("US", "us", None, None)
    assert reader.one("UK") == "uk"


def test_without_labels_nothing_is_read() -> None:
    assert LabelReader([]).one("billing") is None


def test_ten_thousand_labels_and_a_giant_text_are_read() -> None:
    reader = LabelReader([f"class number {number}" for number in range(10_000)])
    assert reader.one("x " * 16_000 + "so it is Class Number 4711!") == "class number 4711"
    assert reader.one("\n" * 32_000 + "```" + "\n" * 32_000) is None
    assert reader.one("answer:" * 5_000) is None


@given(st.sampled_from(LABELS))
def test_every_label_is_read_from_itself_and_from_json(label: str) -> None:
    assert READER.one(label) == label
    assert READER.one(json.dumps({"label": label})) == label
    assert READER.several(f"Labels: {label}") == [label]


@given(st.text(max_size=80) | st.text("[]{}\"',: \nbilngspam", max_size=80))
def test_whatever_is_written_gives_a_label_of_the_set_or_none(text: str) -> None:
    assert READER.one(text) in {*LABELS, None}
    assert set(READER.several(text) or []) <= set(LABELS)


BARE = {
    "Paris": "Paris",
    '"Paris"': "Paris",
    "“Paris”": "Paris",
    "Answer: Paris": "Paris",
    "**Final answer:** Paris": "Paris",
    "```\nParis\n```": "Paris",
    '```json\n{"a": 1}\n```': '{"a": 1}',
    "<think>Is it Lyon?</think>\n Paris": "Paris",
    '"Paris" or "Lyon"': '"Paris" or "Lyon"',
    "The answer is Paris": "The answer is Paris",
    '"': '"',
    "": "",
}


@pytest.mark.parametrize("text", BARE)
def test_a_text_loses_what_a_parser_takes_off_and_nothing_else(text: str) -> None:
    assert bare_text(text) == BARE[text]
