from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.strategies.words import collapsed, overlaps, places_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12kg for Zoë", ["12", "kg", "for", "Zoë"]),
        ("don't pay €3.50!", ["don", "'", "t", "pay", "€", "3", ".", "50", "!"]),
        ("東京に3日", ["東", "京", "に", "3", "日"]),
        ("a_b", ["a", "_", "b"]),
        (" \n\t", []),
    ],
)
def test_words_part_where_people_start_and_end_values(text: str, words: list[str]) -> None:
    assert list(words_of(text).words) == words


@given(st.text())
def test_every_sign_that_is_no_white_space_is_in_exactly_one_word_and_where_it_says(text: str) -> None:
    found = words_of(text)
    assert "".join(found.words) == "".join(found.text.split())
    assert [found.text[a:b] for a, b in zip(found.starts, found.stops, strict=True)] == list(found.words)


@given(st.lists(st.text("ab .,1é", min_size=1, max_size=6), min_size=1, max_size=6), st.data())
def test_a_value_is_found_wherever_its_words_were_put(parts: list[str], data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(parts))
    text = " | ".join(parts)
    found = places_of(value, words_of(text))
    if words_of(value).words:
        assert found
    assert all(words_of(text).slice(*place) == collapsed(value) for place in found)


def test_a_value_is_found_every_time_it_stands_there_and_only_in_its_own_spelling() -> None:
    words = words_of("Ann  Lee met ann lee and Ann Lee")
    assert places_of("Ann Lee", words) == [(0, 2), (6, 8)]
    assert places_of("Ann Le", words) == []
    assert places_of("AnnLee", words) == []
    assert places_of("", words) == []


def test_composed_and_decomposed_spellings_meet() -> None:
    text = unicodedata.normalize("NFD", "near Málaga today")
    words = words_of(text)
    assert places_of("Málaga", words) == [(1, 2)]
    assert words.slice(1, 2) == "Málaga"


def test_half_a_surrogate_pair_becomes_a_sign_that_a_file_can_hold() -> None:
    assert words_of("a \ud83d b").text == "a \ufffd b"


def test_characters_that_no_word_begins_or_ends_at_have_no_place_among_words() -> None:
    words = words_of("pay 100 now")
    assert words.between(4, 7) == (1, 2)
    assert words.between(5, 7) is None
    assert words.between(4, 6) is None


def test_ranges_overlap_when_they_share_a_word() -> None:
    assert overlaps((2, 4), [(0, 2), (3, 5)])
    assert not overlaps((2, 4), [(0, 2), (4, 5)])
