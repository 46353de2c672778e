from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from rung.errors import ModelUnavailable
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.encoder_head import EncoderHead
from rung.task.protocols import Embeddings

ROWS = [
    (letter * (3 + number) + "z", label, f"{label}{number}")
    for number in range(6)
    for letter, label in (("a", "A"), ("b", "B"), ("c", "C"))
]


class Counting:
    identity = "counting"

    def __init__(self, encoder: Any) -> None:
        self.calls: list[tuple[str, ...]] = []
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Embeddings:
        self.calls.append(tuple(texts))
        result: Embeddings = self._encoder.encode(texts)
        return result


def test_the_head_separates_what_the_encoder_separates(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    strategy = EncoderHead(Models(None, encoder, None))
    predictor = strategy.fit(make_train(ROWS), budget=Budget(), rng=rng, checkpoint=checkpoint)
    answers = predictor.predict(["aaax", "bbbbbbbbb", "c"])
    assert [answer.output for answer in answers] == ["A", "B", "C"]
    assert all(answer.confidence is not None and answer.confidence > 0.5 for answer in answers)


def test_training_text_is_encoded_once_and_every_request_afresh(
    encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    counting = Counting(encoder)
    train = make_train(ROWS, [("aaaa", "A"), ("bbbb", "B")])
    strategy = EncoderHead(Models(None, counting, None))
    predictor = strategy.fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    predictor.predict([ROWS[0][0], ROWS[0][0]])
    assert counting.calls == [
        tuple(row[0] for row in ROWS),
        ("aaaa", "bbbb"),
        (ROWS[0][0],),
        (ROWS[0][0],),
    ]


def test_a_choice_made_with_another_encoder_is_not_reused(
    encoder: Any, make_train: Callable[..., TrainData], checkpoint: Checkpoint
) -> None:
    said: list[str] = []
    watched = Checkpoint(checkpoint.directory, lambda done, total, what: said.append(what))
    for model in (encoder, Counting(encoder), Counting(encoder)):
        EncoderHead(Models(None, model, None)).fit(
            make_train(ROWS), budget=Budget(), rng=np.random.default_rng(0), checkpoint=watched
        )
    assert said.count("cross-validating") == 2 * 5


def test_without_an_encoder_it_says_so(
    make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    with pytest.raises(ModelUnavailable, match="strategy encoder-head needs a sentence encoder: no models here"):
        EncoderHead(Models(None, None, None, why="no models here")).fit(
            make_train(ROWS), budget=Budget(), rng=rng, checkpoint=checkpoint
        )
