from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.nearest_entry import NearestEntry

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
