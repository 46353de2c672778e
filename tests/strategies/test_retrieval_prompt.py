from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rung.errors import InvalidData
from rung.strategies import Budget, Checkpoint, Models, TrainData
from rung.strategies.retrieval_prompt import RetrievalPrompt
from rung.task.protocols import Shot

CORPUS = [
    ("fracture of rib", "S22"),
    ("dental caries", "K02"),
    ("how to code a fracture", None),
    ("", "K02"),
    ("asthma", "J45"),
    ("gout", "M10"),
    ("pneumonia", "J18"),
]


def test_labelled_passages_become_solved_examples_and_the_others_notes(
    generator: Any, encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    strategy = RetrievalPrompt(Models(generator, encoder, None))
    predictor = strategy.fit(make_train(corpus=CORPUS), budget=Budget(), rng=rng, checkpoint=checkpoint)
    (answer,) = predictor.predict(["fracture of rib"])
    (prompt,) = generator.prompts
    assert prompt.notes == ("how to code a fracture",)
    assert prompt.shots[-1] == Shot("fracture of rib", "S22")  # the best stands next to the question
    assert len(prompt.notes) + len(prompt.shots) == len(answer.retrieved) == 5
    assert answer.retrieved[0] == "c0"
    assert "c3" not in answer.retrieved  # it has no text
    labelled = [CORPUS[int(entry[1:])] for entry in reversed(answer.retrieved) if CORPUS[int(entry[1:])][1]]
    assert [(shot.input, shot.answer) for shot in prompt.shots] == labelled


def test_a_corpus_without_text_is_refused(
    generator: Any, encoder: Any, make_train: Callable[..., TrainData], rng: np.random.Generator, checkpoint: Checkpoint
) -> None:
    with pytest.raises(InvalidData, match=r"data\.corpus"):
        RetrievalPrompt(Models(generator, encoder, None)).fit(
            make_train(corpus=CORPUS[3:4]), budget=Budget(), rng=rng, checkpoint=checkpoint
        )
