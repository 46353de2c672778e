from __future__ import annotations

import json
import re

import numpy as np
import pytest

from rung.evidence.changes.negation import negated
from rung.task.example import Example
from rung.task.task import Kind


def forms(
    text: str,
    expected: str,
    labels: tuple[str, ...] = (),
    titles: dict[str, str] | None = None,
    *,
    kind: Kind = "classify",
    passages: tuple[str, ...] = (),
) -> set[str]:
    """What is named as not meant, over many seeds; empty where there is no negation."""
    one = Example("1", text, expected, "g", passages=passages)
    found = set()
    for seed in range(40):
        made = negated(one, np.random.default_rng(seed), task_kind=kind, labels=labels, titles=titles or {})
        if made is not None:
            assert text in made
            found |= set(re.findall(r'"(.*?)"', made.replace(text, "")))
    return found


def test_another_label_is_named_before_or_after_the_text_and_never_the_right_one() -> None:
    labels = ("billing", "card_arrival", "PasswordReset")
    assert forms("The app is slow.", "billing", labels) == {"card arrival", "Password Reset"}


def test_none_of_several_right_labels_is_named() -> None:
    labels = ("delivery", "invoice", "password")
    assert forms("My app is slow.", json.dumps(["delivery", "invoice"]), labels) == {"password"}
    assert forms("My app is slow.", "[]", labels) == set(labels)


@pytest.mark.parametrize(
    ("text", "expected", "labels"),
    [
        ("The bill is wrong.", "password", ("password", "billing")),  # the text speaks of it
        ("How much is the charge?", "password", ("password", "prices")),  # and asks for it in another word
        ("The card is late.", "card_arrival", ("card_arrival", "card_linking")),  # the right one is near it
        ("The app is slow.", "low", ("low", "high", "billing")),  # grades are no topics
        ("I like the film.", "positive", ("positive", "negative")),
        ("The app is slow.", "billing", ("billing", "other", "E11.9", "no_refund", "out_of_scope")),
        ("The app is slow.", "billing", ("billing", "支払い")),
    ],
)
def test_nothing_is_named_that_might_be_meant_or_is_no_topic(text: str, expected: str, labels: tuple[str, ...]) -> None:
    assert forms(text, expected, labels) == set()


def test_a_code_is_named_by_its_title() -> None:
    titles = {"A00": "Cholera", "I26": "Pulmonary embolism"}
    assert forms("The clot is in the left lung.", "I26", ("A00", "I26"), titles) == {"Cholera"}


def test_a_passage_that_holds_the_answer_is_never_named() -> None:
    titles = {"age": "Signing up", "lost": "Lost property", "ride": "Riding rules"}
    question = "How old must I be to ride?"
    assert forms(question, "sixteen", (), titles, kind="answer", passages=("age",)) == {"Lost property"}
    assert forms(question, "sixteen", (), titles, kind="answer") == set()
    assert forms(question, "", (), titles, kind="answer") == {"Signing up", "Lost property"}


@pytest.mark.parametrize("kind", ["extract", "generate"])
def test_records_and_texts_to_write_have_no_negation(kind: Kind) -> None:
    assert forms("The tap is broken.", "{}", ("a topic", "another thing"), {"1": "Doors"}, kind=kind) == set()
