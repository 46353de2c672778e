from __future__ import annotations

import numpy as np
import pytest

from rung.diagnose.classes.attributes import script
from rung.diagnose.classes.cluster_names import counted, item_terms, telling_terms
from rung.diagnose.classes.plain_words import plain_words
from rung.diagnose.classes.text_vectors import text_vectors, unit_rows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't re-open ITEM_42!", ["don't", "re", "open", "item", "42"]),
        ("Ｃａｆｅ\u0301 ①", ["café", "1"]),
        ("取消我的order99", ["取消", "消我", "我的", "order99"]),
        ("订单 x", ["订单", "x"]),
        ("🙂 ?! ", []),
        ("", []),
    ],
)
def test_words_are_spelled_alike_and_scripts_without_spaces_are_read_by_pairs(text: str, words: list[str]) -> None:
    assert plain_words(text) == words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Grüße 42", "Latin"),
        ("привет ok", "Cyrillic"),
        ("東京タワー見る", "Japanese"),
        ("订单", "Chinese"),
        ("42 !", None),
    ],
)
def test_the_script_of_a_text_is_that_of_most_of_its_letters(text: str, name: str | None) -> None:
    assert script(text) == name


def test_a_name_says_what_is_frequent_inside_and_rare_elsewhere_each_phrase_once() -> None:
    inside = [item_terms(f"please cancel order number{n}") for n in range(6)]
    outside = [item_terms(f"please show order number{n}") for n in range(6, 40)]
    terms = telling_terms(inside, counted([*inside, *outside]), 40, list(range(6)))
    assert terms[0] == "please cancel" or terms[0] == "cancel order"
    assert not any("number" in term or term == "order" for term in terms)
    words = [word for term in terms for word in term.split()]
    assert len(words) == len(set(words))


def test_a_text_that_repeats_itself_names_nothing() -> None:
    inside = [item_terms("alarm " + "banana " * 50), *(item_terms(f"alarm clock{n}") for n in range(5))]
    others = [item_terms(f"other text{n}") for n in range(30)]
    assert telling_terms(inside, counted([*inside, *others]), 36, list(range(6))) == ("alarm",)


def test_texts_that_share_words_lie_nearer_than_texts_that_share_none_and_odd_ones_lie_nowhere() -> None:
    texts = [f"cancel my order {word}" for word in ("now", "soon", "today", "please", "again")]
    texts += [f"weather in berlin {word}" for word in ("now", "soon", "today", "please", "again")]
    rows = text_vectors([*texts, "zzqx wwvk"], ["hello there"] * 20, least=5, seed=0)
    near = rows @ rows.T
    assert near[:5, :5].min() > near[:5, 5:10].max() + 0.3
    assert not rows[10].any()
    assert np.array_equal(rows, text_vectors([*texts, "zzqx wwvk"], ["hello there"] * 20, least=5, seed=0))


def test_rows_that_are_not_numbers_are_nothing() -> None:
    assert unit_rows(np.array([[3.0, 4.0], [np.nan, 0.0], [0.0, 0.0]])).tolist() == pytest.approx(
        np.array([[0.6, 0.8], [0.0, 0.0], [0.0, 0.0]])
    )
