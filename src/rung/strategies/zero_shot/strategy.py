"""Instructions and the form of the answer, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from rung.strategies.asking import instructions_text
from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.needs import generator_of
from rung.strategies.prompting import ask, prompt_settings
from rung.task.protocols import Generator, Prediction, Predictor, Prompt
from rung.task.task import KINDS

CARD = Card(
    name="zero-shot",
    title="Zero-shot prompt",
    family="pretrained",
    rank=10,
    updates_weights=False,
    owns=("prompt", "label_set"),
    needs=("generator",),
    integration_weeks=(0.5, 1.0, 3.0),
    because="The lightest: instructions and the form of the answer, no data to keep and nothing to train.",
    kinds=KINDS,
    multi_label=True,
)


class ZeroShot:
    """A pre-trained model, told what to do and in which form (Brown et al. 2020, arXiv:2005.14165)."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The prompt's whole constant text."""
        return prompt_settings(train)

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """A predictor at once: there is nothing to learn."""
        return ZeroShotPredictor(generator_of(self._models, CARD.name), train)


class ZeroShotPredictor:
    """Asks the generator about each input on its own."""

    def __init__(self, generator: Generator, train: TrainData) -> None:
        self._generator = generator
        self._task, self._labels = train.task, train.labels
        self._instructions = instructions_text(train.task, train.labels)

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        """One `Prediction` per input, in order."""
        prompts = [Prompt(instructions=self._instructions, question=text) for text in inputs]
        return ask(self._generator, prompts, self._task, self._labels)
