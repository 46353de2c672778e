"""Training from scratch: a small language model of one's own, asked for the label."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

from rung.strategies.asking import WORDING, chooses
from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.scratch.recipe import RECIPE, WRITING
from rung.task.protocols import Predictor

CARD = Card(
    name="scratch",
    title="Small transformer from scratch",
    family="from_scratch",
    rank=130,
    updates_weights=True,
    owns=("tokenizer", "architecture", "weights", "pretraining_data", "label_set"),
    needs=("train_labels",),
    integration_weeks=(8.0, 16.0, 40.0),
    because="Everything is the team's own, tokenizer, architecture, data and weights, and so is the whole "
    "lifecycle: nothing was learned before and nobody else maintains any of it.",
    kinds=("classify", "extract", "answer"),
    multi_label=True,
)


class Scratch:
    """A Llama-type decoder (Touvron et al. 2023, arXiv:2302.13971) with its own byte-level BPE, trained from
    random weights on the examples and the corpus."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        """Uses none of the models."""

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The recipe and the token budget; where it writes its answers, how."""
        settings = {"train_tokens": budget.train_tokens, **asdict(RECIPE)}
        if not chooses(train.task):
            settings |= {"kind": train.task.kind, "wording": WORDING, "writing": asdict(WRITING)}
        return settings

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Trains, or loads the finished model when `checkpoint.directory` has it.

        Raises TrainingFailed when training diverges, InvalidData when too many texts are too long.
        """
        from rung.strategies.scratch.train import fit_model

        return fit_model(
            train, settings=self.settings(train, budget=budget), budget=budget, rng=rng, checkpoint=checkpoint
        )
