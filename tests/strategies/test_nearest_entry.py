from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.nearest_entry import NearestEntry
from rung.task.example import CorpusEntry

CORPUS = [("aaab", "first"), ("abbb", "second"), ("bbbb", "third"), ("aaaa", None), ("aaaa", "not of this task")]


def test_the_nearest_labelled_entry_decides_with_its_cosine_as_confidence(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train(corpus=CORPUS, labels=["first", "second", "third"])
    predictor = NearestEntry(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    same, near = predictor.predict(["abbb", "aaaa"])
    assert (same.output, same.retrieved) == ("second", ("c1", "c2", "c0"))
    assert same.confidence == pytest.approx(1.0)
    # "aaaa" itself stands in the corpus, but without a label and with another task's; 3 / sqrt(10) is "aaab"'s cosine.
    assert (near.output, near.retrieved) == ("first", ("c0", "c1", "c2"))
    assert near.confidence == pytest.approx(3 / np.sqrt(10))


def test_labels_of_the_examples_are_not_used(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train([("bbbb", "first")] * 9, CORPUS, labels=["first", "second", "third"])
    predictor = NearestEntry(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    assert predictor.predict(["bbbb"])[0].output == "third"


def test_a_corpus_without_usable_labels_is_refused_with_the_remedy(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train(corpus=CORPUS[3:], labels=["first"])
    with pytest.raises(InvalidData, match='add "label"'):
        NearestEntry(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)


def test_an_item_of_several_labels_gets_those_of_all_near_entries(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train(corpus=CORPUS, labels=["first", "second", "third"], multi_label=True)
    predictor = NearestEntry(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    both, none, all_three = predictor.predict(["aaaa", "zzzz", "abbb"])
    # Cosines to "aaaa": 3 / sqrt(10) = .95 of "aaab", 1 / sqrt(10) = .32 of "abbb", 0 of "bbbb".
    assert (both.output, both.retrieved) == ('["first"]', ("c0", "c1", "c2"))
    assert both.confidence == pytest.approx(3 / np.sqrt(10))
    assert (none.output, none.confidence, none.failure) == ("[]", None, None)
    # To "abbb": 1 of itself, .95 of "bbbb", 6 / 10 of "aaab".
    assert all_three.output == '["first", "second", "third"]'


def test_a_question_is_answered_by_the_nearest_sentence_of_the_nearest_passages(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train([("aaaa", "expected")], kind="answer")
    texts = ("Aaaa aaab. Bbbb bbbb.", "Zzzz zzzz. Zzzy zzzy.", "Cccc. Cccd dddd.")
    train = replace(train, corpus=[CorpusEntry(f"p{n}", "", text) for n, text in enumerate(texts)])
    predictor = NearestEntry(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    first, second, none = predictor.predict(["bbbbb", "ccdddd", "qqqq"])
    assert (first.output, first.retrieved[0], first.abstained) == ("Bbbb bbbb.", "p0", False)
    assert first.confidence == pytest.approx(1.0)
    assert (second.output, second.retrieved[0]) == ("Cccd dddd.", "p2")
    assert (none.output, none.abstained, none.failure, none.confidence) == ("", True, None, None)
    assert len(none.retrieved) == 3


def test_a_sentence_is_understood_by_its_title_and_given_without_it(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    corpus = [CorpusEntry("t", "gggg", "Zz. Zy."), CorpusEntry("bare", "hhhh", ""), CorpusEntry("empty", "", "")]
    train = replace(make_train([("x", "y")], kind="answer"), corpus=corpus)
    predictor = NearestEntry(Models(None, encoder, None)).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    titled, bare = predictor.predict(["ggggzy", "hhhh"])
    assert titled.output == "Zy."
    assert bare.output == "hhhh"  # a passage without a text says what its title says
    with pytest.raises(InvalidData, match=r"data\.corpus"):
        NearestEntry(Models(None, encoder, None)).fit(
            replace(train, corpus=corpus[2:]), budget=Budget(), rng=rng, checkpoint=checkpoint
        )


@pytest.mark.models
def test_the_fixed_nearness_tells_questions_that_a_corpus_answers_from_others(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    from rung.adapters.local import LocalEncoder

    corpus = [
        CorpusEntry("hours", "Opening hours", "The reading room opens at nine. It closes at six in the evening."),
        CorpusEntry("loans", "Loans", "A book may be kept for three weeks. A film may be kept for one week."),
        CorpusEntry("print", "Printing", "A printed page costs five cents. The printer stands beside the stairs."),
    ]
    train = replace(make_train([("x", "y")], kind="answer"), corpus=corpus)
    models = Models(None, LocalEncoder(), None)
    predictor = NearestEntry(models).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    asked = ["When does the reading room open?", "How long may I keep a film?", "Where is the printer?"]
    answers = predictor.predict([*asked, "Who painted the ceiling?", "How old is the director?"])
    found = [("opens at nine", "hours"), ("one week", "loans"), ("beside the stairs", "print")]
    for answer, (part, passage) in zip(answers, found, strict=False):
        assert part in answer.output
        assert answer.retrieved[0] == passage
    assert [answer.abstained for answer in answers] == [False] * 3 + [True] * 2
