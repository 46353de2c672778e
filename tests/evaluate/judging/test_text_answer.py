from __future__ import annotations

import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evaluate.judging.answer_text import stands_in, word_f1, words
from rung.evaluate.judging.outcomes import OUTCOMES
from rung.evaluate.judging.scorer import Judged
from rung.evaluate.judging.text_answer import TextAnswerScorer
from rung.task.example import Example
from rung.task.protocols import Failure, Prediction
from rung.task.task import AnswerRule

BY_WORDS = AnswerRule()
PASSAGES = {
    "p1": "The museum opens at nine and closes at five.",
    "p2": "Dogs are allowed in the garden, not in the halls.",
    "p3": "Tickets cost twelve euros; children pay half.",
}


def squad_words(text: str) -> list[str]:
    """The normalisation of the SQuAD 1.1 evaluation, restated: lower, no punctuation, no articles."""
    bare = "".join(letter for letter in text.lower() if letter not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def squad_f1(one: str, other: str) -> float:
    shared = sum((Counter(squad_words(one)) & Counter(squad_words(other))).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(squad_words(one)), shared / len(squad_words(other))
    return 2 * precision * recall / (precision + recall)


PLAIN = st.text("ab theTHE,!$ ", max_size=30)


@given(PLAIN, PLAIN)
def test_plain_english_is_normalised_and_compared_as_in_squad(one: str, other: str) -> None:
    assert list(words(one)) == squad_words(one)
    if words(one) and words(other):
        assert word_f1(words(one), words(other)) == pytest.approx(squad_f1(one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“Straße”", "STRASSE"),
        ("cafe\u0301", "café"),
        ("ﬁve", "five"),
        ("«Да»!", "да"),
        ("1,000", "1000"),
        ("東京、", "東京"),
    ],
)
def test_other_scripts_signs_and_compositions_are_alike_too(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_a_decimal_point_and_characters_without_spaces_keep_their_meaning() -> None:
    assert words("3.5") != words("35")
    assert words("3.5.") == ("3.5",)
    assert word_f1(words("東京"), words("東海")) == pytest.approx(0.5)


def test_words_stand_in_others_only_as_whole_words_in_order() -> None:
    assert stands_in(words("at nine"), words("It opens at nine."))
    assert not stands_in(words("12"), words("112 visitors"))
    assert not stands_in(words("nine at"), words("at nine"))
    assert not stands_in((), words("anything"))


def judged(
    output: str,
    *,
    expected: str = "at nine",
    references: tuple[str, ...] = (),
    gold: tuple[str, ...] = ("p1",),
    retrieved: tuple[str, ...] = (),
    rule: AnswerRule = BY_WORDS,
    abstained: bool = False,
    failure: Failure | None = None,
) -> Judged:
    example = Example("1", "When does the museum open?", expected, "g", references=references, passages=gold)
    prediction = Prediction(output, retrieved=retrieved, abstained=abstained, failure=failure)
    found = TextAnswerScorer(rule, PASSAGES)(example, prediction)
    assert found.outcome in OUTCOMES
    return found


def test_an_answer_that_contains_a_reference_is_right_unless_it_is_too_long() -> None:
    assert judged("It opens at nine.").outcome == "right"
    assert judged("9:00", references=("9:00", "nine o'clock")).success
    assert judged("word " * 70 + "at nine").outcome == "too_long"
    assert judged("at nine sharp", rule=AnswerRule(most_words=2)).outcome == "too_long"


def test_the_rule_decides_what_is_right() -> None:
    assert judged("At nine!", rule=AnswerRule("exact_match")).success
    assert not judged("It opens at nine.", rule=AnswerRule("exact_match")).success
    # Shared 2 of 3 and 2 words: F1 = 4/5.
    assert judged("opens at nine", rule=AnswerRule("token_f1", 0.8)).success
    assert not judged("opens at nine", rule=AnswerRule("token_f1", 0.81)).success


def test_scores_are_the_best_over_the_references() -> None:
    scores = judged("nine", expected="at nine in the morning", references=("at nine",)).scores
    assert scores["token_f1"] == pytest.approx(2 / 3)
    assert scores["exact_match"] == 0.0


def test_refusing_is_right_only_where_there_is_no_answer() -> None:
    right = judged("", expected="", gold=(), abstained=True)
    assert (right.success, right.outcome, right.scores["token_f1"]) == (True, "right_refusal", 1.0)
    assert judged("", abstained=True).outcome == "wrong_refusal"
    assert judged("at nine", expected="", gold=()).outcome == "answered_unanswerable"
    assert judged("").outcome == "empty"
    assert judged("at nine", failure="truncated").outcome == "truncated"
    assert not judged("", expected="", gold=(), failure="refusal", abstained=True).success


def test_a_wrong_answer_is_told_by_what_was_shown() -> None:
    assert judged("at ten", retrieved=("p2", "p3")).outcome == "not_retrieved"
    assert judged("purple elephants dance", retrieved=("p1", "p2")).outcome == "not_in_passages"
    assert judged("closes at five", retrieved=("p1",)).outcome == "wrong_answer"
    assert judged("at ten").outcome == "wrong_answer"
    # No passage is named as gold: a passage that holds the words is as good.
    assert judged("closes at five", gold=(), retrieved=("p1",)).outcome == "wrong_answer"


def test_recall_is_of_the_gold_passages_and_knowledge_of_the_nearest_one() -> None:
    scores = judged("at nine", gold=("p1", "p2"), retrieved=("p3", "p1")).scores
    assert scores["retrieval_recall"] == 0.5
    # "at nine" against the 8 words of p1 without its article: shared 2, F1 = 4/10.
    assert scores["knowledge_f1"] == pytest.approx(0.4)
    assert "retrieval_recall" not in judged("at nine").scores
    assert "knowledge_f1" not in judged("at nine", gold=()).scores
