from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.few_shot import FewShot

ROWS = [(f"rib fracture {word}", "s") for word in ("one", "two", "three", "four")] + [
    (f"tooth decay {word}", "k") for word in ("one", "two", "three", "four")
]


def shots_for(question: str, train: TrainData, models: Models, rng: Any, checkpoint: Checkpoint) -> list[str]:
    predictor = FewShot(models).fit(train, budget=Budget(), rng=rng, checkpoint=checkpoint)
    (answer,) = predictor.predict([question])
    assert answer.retrieved == ()  # shots are training examples, not corpus entries
    generator: Any = models.generator
    return [f"{shot.input}={shot.answer}" for shot in generator.prompts[-1].shots]


def test_the_nearest_examples_are_shown_the_nearest_last(
    generator: Any, encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    shots = shots_for("tooth decay two", make_train(ROWS), Models(generator, encoder, None), rng, checkpoint)
    assert len(shots) == 6
    assert shots[-1] == "tooth decay two=k"
    assert {shot.split("=")[1] for shot in shots[2:]} == {"k"}


def test_fewer_examples_than_shots_are_all_shown(
    generator: Any, encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    shots = shots_for("tooth", make_train(ROWS[3:5]), Models(generator, encoder, None), rng, checkpoint)
    assert shots == ["rib fracture four=s", "tooth decay one=k"]


def test_variants_of_one_original_take_one_place(
    generator: Any, encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    train = make_train(ROWS)
    original = train.examples[7]
    variants = [
        replace(original, id=f"v{number}", input="tooth decay four" + "!" * number, derived_from=original.id)
        for number in range(1, 8)
    ]
    crowded = replace(train, examples=[*train.examples, *variants])
    shots = shots_for("tooth decay four", crowded, Models(generator, encoder, None), rng, checkpoint)
    assert len(shots) == 6
    assert sum(shot.startswith("tooth decay four") for shot in shots) == 1
