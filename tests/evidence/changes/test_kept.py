from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.changes.kept import kept_spans
from rung.evidence.changes.perturb import exposed, misspelt
from rung.task.example import Example
from rung.task.task import Kind


def kept(text: str, kind: Kind, expected: str = "") -> list[str]:
    return [text[start:end] for start, end in kept_spans(Example("1", text, expected, "g"), kind)]


def test_the_values_of_a_record_are_kept_wherever_they_stand() -> None:
    expected = json.dumps({"city": "new york", "rooms": [{"beds": 2}], "pets": True, "note": None})
    assert kept("New York, 2 beds; new york please", "extract", expected) == ["New York", "new york", "2"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("When did Marie Curie move to Paris?", ["Marie", "Curie", "Paris"]),
        ("what is the limit for plan B-12 at 3.5 GB?", ["B-12", "3.5", "GB"]),
        ("When? The museum opens. Where", []),
        ("iPhone repairs", ["iPhone"]),
    ],
)
def test_names_and_numbers_of_a_question_are_kept(text: str, names: list[str]) -> None:
    assert kept(text, "answer") == names


def test_a_request_to_classify_keeps_nothing() -> None:
    assert kept("Please CALL Marie 12", "classify") == []


def test_plain_text_keeps_the_spans_letter_by_letter() -> None:
    text = "Book: a Table at Chez  Léon (3.5 stars), NOW!"
    spans = [(text.index(part), text.index(part) + len(part)) for part in ("Chez  Léon", "3.5")]
    assert exposed(text, spans) == "book a table at Chez  Léon 3.5 stars now"


@given(st.text("abcdefg ,.A", min_size=1, max_size=60), st.data())
def test_a_kept_span_survives_every_change(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    value = text[start:end]
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    assert value in misspelt(text, rng, [(start, end)])
    assert value.strip() in exposed(text, [(start, end)])
