from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.retrieval import sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It opens at nine. It closes at six.", ["It opens at nine.", "It closes at six."]),
        ("Is it open? No! Come back.", ["Is it open?", "No!", "Come back."]),
        ("Ask Dr. Meyer or J. Smith. They know.", ["Ask Dr. Meyer or J. Smith.", "They know."]),
        ("It costs 3.50 euros. 20 cents are for the box.", ["It costs 3.50 euros.", "20 cents are for the box."]),
        ('She said "Stop." Then she left.', ['She said "Stop."', "Then she left."]),
        ("It runs on node v1. see below", ["It runs on node v1. see below"]),
        ("First line\nsecond line\n\nthird", ["First line", "second line", "third"]),
        ("九点开门。六点关门。", ["九点开门。", "六点关门。"]),
        ("Öffnet um neun. Über Mittag zu.", ["Öffnet um neun.", "Über Mittag zu."]),
        ("Il est là. était-il tôt?", ["Il est là. était-il tôt?"]),
        ("no stop at all", ["no stop at all"]),
        ("  \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, found: list[str]) -> None:
    assert sentences(text) == found


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in found)
