from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.retrieval import tokens


def test_a_code_counts_whole_and_by_its_parts() -> None:
    assert tokens("See C83.0, B-cell") == ["see", "c83.0", "c83", "0", "b-cell", "b", "cell"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("STRASSE", "straße"), ("ﬁnal", "final"), ("Ｃ８３", "c83"), ("cafe\u0301", "café"), ("ΌΣΟΣ", "όσος")],
)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize("text", ["", "   ", "?!…", "🙂🙂", "_ _"])
def test_a_text_without_letters_or_digits_has_no_terms(text: str) -> None:
    assert tokens(text) == []


@given(st.text())
def test_every_letter_of_the_normal_form_is_in_some_term(text: str) -> None:
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    joined = set("".join(tokens(text)))
    assert {character for character in normal if character.isalpha()} <= joined
