"""Answering with a sentence of the corpus, through both linear strategies and by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.encoder_head import EncoderHead
from rung.strategies.sentence_choice import (
    Sentence,
    beside_the_best,
    best_threshold,
    corpus_sentences,
    right_sentences,
)
from rung.strategies.tfidf_linear import TfidfLinear
from rung.strategies.tfidf_linear.sentence_features import LexicalSentences
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Embeddings
from rung.task.task import AnswerRule, DataPaths, Task

ANIMALS = ("fox", "owl", "hare", "mole", "newt", "toad", "wren", "stoat", "heron", "adder", "otter", "shrew")
FOODS = ("mice", "voles", "clover", "worms", "slugs", "flies", "seeds", "rabbits", "frogs", "eggs", "fish", "beetles")
CORPUS = [
    CorpusEntry(f"p-{animal}", f"The {animal}", f"It is quiet in the wood. The {animal} eats {food}. Its home is old.")
    for animal, food in zip(ANIMALS, FOODS, strict=True)
]
QUESTIONS = [
    Example(f"q-{animal}", f"What is it that the {animal} eats?", food, f"g-{animal}", passages=(f"p-{animal}",))
    for animal, food in zip(ANIMALS, FOODS, strict=True)
]
UNANSWERABLE = [
    Example(f"n{number}", text, "", f"n{number}")
    for number, text in enumerate(
        ("Who painted this bridge?", "Why do trams run late?", "How tall can towers be?", "Where do sailors sleep?")
    )
]


class WordsEncoder:
    """Each word an axis, by a hash that parts the few words used here."""

    identity = "words"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        rows = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split():
                row[sum((place + 1) * ord(sign) for place, sign in enumerate(word)) % 511] += 1
            row[511] = 0.01
            row /= np.linalg.norm(row)
        return rows


def train_of(examples: Sequence[Example], corpus: Sequence[CorpusEntry], directory: Path) -> TrainData:
    task = Task("quiz", "answer", directory, DataPaths(directory / "x"), answer=AnswerRule(most_words=20))
    return TrainData(task, examples, corpus, ())


Fit = Callable[..., Any]


@pytest.fixture(params=["tfidf-linear", "encoder-head"])
def fit(request: pytest.FixtureRequest, checkpoint: Checkpoint, tmp_path: Path) -> Fit:
    def fitted(examples: Sequence[Example], corpus: Sequence[CorpusEntry] = CORPUS) -> Any:
        strategy: Any = TfidfLinear if request.param == "tfidf-linear" else EncoderHead
        train = train_of(examples, corpus, tmp_path)
        rng = np.random.default_rng(0)
        return strategy(Models(None, WordsEncoder(), None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)

    return fitted


def test_the_sentence_with_the_answer_is_given_for_an_animal_no_training_question_named(fit: Fit) -> None:
    predictor = fit([*QUESTIONS[:-2], *UNANSWERABLE])
    answers = predictor.predict([example.input for example in QUESTIONS[-2:]])
    assert [answer.output for answer in answers] == ["The otter eats fish.", "The shrew eats beetles."]
    assert [answer.retrieved[0] for answer in answers] == ["p-otter", "p-shrew"]
    assert all(0.5 < answer.confidence <= 1 and not answer.abstained for answer in answers)


def test_a_question_that_the_corpus_does_not_answer_is_refused(fit: Fit) -> None:
    (answer,) = fit([*QUESTIONS, *UNANSWERABLE]).predict(["Which planets have rings?"])
    assert (answer.output, answer.abstained, answer.failure) == ("", True, None)
    assert answer.confidence > 0.5


def test_where_refusing_was_never_right_whatever_is_found_is_answered(fit: Fit) -> None:
    (answer,) = fit(QUESTIONS).predict(["Is the wood quiet?"])
    assert answer.output
    assert not answer.abstained


def test_without_a_corpus_it_says_so(fit: Fit) -> None:
    with pytest.raises(InvalidData, match=r"needs a corpus to answer from; name one in rung\.yaml under data\.corpus"):
        fit(QUESTIONS, [])


def test_answers_that_stand_nowhere_in_the_corpus_are_refused(fit: Fit) -> None:
    with pytest.raises(InvalidData, match="found no such sentence for any of 4 training examples"):
        fit(UNANSWERABLE)


def test_a_sentence_longer_than_an_answer_may_be_is_never_given(fit: Fit) -> None:
    long = "The fox eats mice " + "and berries " * 15
    corpus = [*CORPUS[1:], CorpusEntry("p-fox", "The fox", f"{long}. The fox is red.")]
    answers = fit(QUESTIONS, corpus).predict([example.input for example in QUESTIONS])
    assert max(len(answer.output.split()) for answer in answers) <= 20


def test_an_entry_without_text_is_its_title_and_places_are_counted_before_anything_is_left_out() -> None:
    entries = [CorpusEntry("a", "Only a title", ""), CorpusEntry("b", "T", "One two three four. Five six.")]
    assert corpus_sentences(entries, most_words=3) == [[Sentence(0, 0, "Only a title")], [Sentence(1, 1, "Five six.")]]


def asked(expected: str, *references: str) -> Example:
    return Example("q", "?", expected, "g", references=references)


SAID = [Sentence(0, n, text) for n, text in enumerate(("It costs twelve euros.", "Twelve is even.", "It is 12 €."))]


def test_a_sentence_is_right_when_any_reference_stands_in_it() -> None:
    assert right_sentences(asked("twelve Euros", "12 €"), SAID) == [True, False, True]


def test_where_no_reference_stands_the_one_that_is_like_it_is_right() -> None:
    assert right_sentences(asked("it always costs twelve"), SAID) == [True, False, False]
    assert right_sentences(asked("nobody knows what they ask for it"), SAID) == [False, False, False]


def test_no_sentence_is_right_where_there_is_no_answer() -> None:
    assert right_sentences(asked(""), SAID) == [False, False, False]
    assert right_sentences(asked("twelve"), []) == []


rows = st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), min_size=1, max_size=40)


@given(rows)
def test_no_threshold_has_more_right_outcomes(drawn: list[tuple[int, bool, bool]]) -> None:
    """Against every cut that can be told from another; an unanswerable question has no good sentence."""
    shares = np.array([share / 20 for share, _, _ in drawn])
    answerable = np.array([can for _, _, can in drawn])
    good = np.array([right and can for _, right, can in drawn])

    def right_outcomes(threshold: float) -> int:
        return sum(
            bool(is_good) if share >= threshold else not can
            for share, is_good, can in zip(shares, good, answerable, strict=True)
        )

    found = best_threshold(shares, good, answerable)
    assert right_outcomes(found) >= max(right_outcomes(cut) for cut in (0.0, *shares.tolist(), 1.1))


def test_without_held_out_questions_nothing_is_refused() -> None:
    assert best_threshold(np.array([]), np.array([], dtype=bool), np.array([], dtype=bool)) == 0.0


def test_how_far_behind_the_best_a_row_is_stands_beside_it() -> None:
    features = np.array([[1.0, 5.0], [3.0, 2.0]])
    np.testing.assert_array_equal(beside_the_best(features, [0]), [[1, 5, -2], [3, 2, 0]])


def test_a_rare_term_in_common_weighs_more_than_a_common_one() -> None:
    """Column 3 is the shared part of the question's weight; "quiet" stands in every passage, "otter" in one."""
    finder = LexicalSentences(CORPUS, 20)
    found = finder.find("quiet otter")
    share = {sentence.text: row[3] for sentence, row in zip(found.sentences, found.features, strict=True)}
    assert share["The otter eats fish."] > share["It is quiet in the wood."] > 0
    assert share["The otter eats fish."] + share["It is quiet in the wood."] == pytest.approx(1)


def test_a_question_that_shares_no_term_finds_nothing() -> None:
    found = LexicalSentences(CORPUS, 20).find("zzz")
    assert (found.entries, found.sentences, len(found.features)) == ((), (), 0)
