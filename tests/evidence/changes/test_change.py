from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.evidence.changes import CHANGES, changed, titles_of
from rung.evidence.examples import MAX_INPUT_CHARACTERS
from rung.task.example import CorpusEntry, Example
from rung.task.task import Kind

LABELS = ("account", "billing", "technical")
TICKET = Example("t1", "I can't download the March invoice.", "billing", "g1", "edge", "web", metadata={"k": "v"})
MESSAGE = Example("m1", "The tap in flat 12 drips.", json.dumps({"flat": 12, "object": "tap"}), "g2")
QUESTION = Example("q1", "How old must a person be to ride?", "sixteen", "g3", references=("16",), passages=("age",))
TITLES = {"age": "Signing up", "lost": "Lost property"}
NOTICE = Example("n1", "search, slow, 09:10 to 09:40", "", "g4")
BY_KIND: dict[Kind, Example] = {"classify": TICKET, "extract": MESSAGE, "answer": QUESTION, "generate": NOTICE}


def made(example: Example, change: str, kind: Kind = "classify", *, seed: int = 0) -> Example | None:
    return changed(example, change, seed=seed, task_kind=kind, labels=LABELS, titles=TITLES)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", BY_KIND)
def test_a_change_touches_the_text_and_says_what_was_made_of_what(kind: Kind, change: str) -> None:
    original = BY_KIND[kind]
    variant = made(original, change, kind)
    if variant is None:
        assert (kind, change) in {
            ("extract", "paraphrase"),
            ("extract", "negation"),
            ("generate", "paraphrase"),
            ("generate", "negation"),
        }
        return
    assert variant.input != original.input
    assert (variant.id, variant.segment) == (f"{original.id}~{change}", "adversarial")
    assert (variant.derived_from, variant.derivation) == (original.id, change)
    back = replace(variant, id=original.id, input=original.input, segment=original.segment)
    assert replace(back, derived_from=None, derivation=None) == original


@pytest.mark.parametrize("kind", BY_KIND)
def test_the_values_and_names_that_the_answer_rests_on_stay_in_every_variant(kind: Kind) -> None:
    values = {"extract": ("tap", "12"), "generate": ("09:10", "09:40")}.get(kind, ())
    for seed in range(6):
        for change in CHANGES:
            variant = made(BY_KIND[kind], change, kind, seed=seed)
            assert variant is None or all(value in variant.input for value in values)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=80).filter(lambda text: text.strip()), st.sampled_from(CHANGES), st.integers(0, 9))
def test_any_text_is_changed_the_same_way_twice_or_left_alone(text: str, change: str, seed: int) -> None:
    one = replace(TICKET, input=text)
    variant = made(one, change, seed=seed)
    assert variant == made(one, change, seed=seed)
    if variant is not None:
        assert variant.input not in {text, ""}
        assert variant.expected == one.expected


@pytest.mark.parametrize(
    "text",
    [
        "Ich kann mich nicht anmelden, bitte helfen Sie mir weiter.",
        "Pourquoi la facture de mars n'est-elle pas dans mon compte ?",
        "No puedo entrar en mi cuenta desde ayer, ¿qué hago?",
        "Ik kan niet inloggen in mijn account en krijg geen mail.",
        "三月の請求書が二回届きました。",
        "Не могу войти в свой аккаунт со вчерашнего дня.",
    ],
)
def test_rules_of_english_leave_other_languages_alone(text: str) -> None:
    one = replace(TICKET, input=text)
    assert made(one, "paraphrase") is None
    assert made(one, "negation") is None
    injected = made(one, "injection")
    assert injected is not None
    assert text in injected.input


def test_no_variant_is_longer_than_what_is_read() -> None:
    longest = replace(TICKET, input="the invoice is wrong, " * (MAX_INPUT_CHARACTERS // 22))
    assert made(longest, "injection") is None
    assert made(longest, "negation") is None


def test_a_record_that_holds_the_whole_text_has_no_variant() -> None:
    whole = replace(MESSAGE, expected=json.dumps({"message": MESSAGE.input}))
    assert all(made(whole, change, "extract") is None for change in CHANGES)


def test_an_unknown_change_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="typo, plain, paraphrase, negation, injection"):
        made(TICKET, "rhyme")


def test_titles_are_named_by_entry_or_by_the_label_that_they_stand_for() -> None:
    corpus = [CorpusEntry("1", "Cholera", "", "A00"), CorpusEntry("2", "Plague", "", "A20"), CorpusEntry("3", "", "x")]
    assert titles_of(corpus, "answer") == {"1": "Cholera", "2": "Plague"}
    assert titles_of(corpus, "classify") == {"A00": "Cholera", "A20": "Plague"}
