"""Low-rank adaptation of the same small language model that the prompts use."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.lora.recipe import RECIPE, instructions_text
from rung.strategies.needs import base_of
from rung.task.protocols import Predictor

CARD = Card(
    name="lora",
    title="LoRA adapter on a small language model",
    family="fine_tuned",
    rank=100,
    updates_weights=True,
    owns=("prompt", "label_set", "adapter"),
    needs=("base", "train_labels"),
    integration_weeks=(2.0, 4.0, 8.0),
    because="Trains under 2 % of a language model's weights on the labels; the adapter has to be retrained and "
    "tested again whenever its base or the labels change.",
)


class Lora:
    """Trains adapters on all linear layers (Hu et al. 2021, arXiv:2106.09685) to answer with the label."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The prompt's constant text, the recipe and the token budget."""
        return {
            "instructions": instructions_text(train.task),
            "train_tokens": budget.train_tokens,
            **asdict(RECIPE),
        }

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Trains, or loads the finished adapter when `checkpoint.directory` has it.

        Raises TrainingFailed when a preflight check fails, InvalidData when too many examples are too long.
        """
        from rung.strategies.lora.train import fit_adapter

        base = base_of(self._models, CARD.name)
        settings = self.settings(train, budget=budget)
        return fit_adapter(base, train, settings=settings, budget=budget, rng=rng, checkpoint=checkpoint)
