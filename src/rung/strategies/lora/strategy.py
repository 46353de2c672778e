"""Low-rank adaptation of the same small language model that the prompts use."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

from rung.learning.adapter_recipe import RECIPE
from rung.strategies.adapter_instructions import instructions_text
from rung.strategies.asking import WORDING, chooses, most_tokens
from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.lora.recipe import WRITING, reads_notes
from rung.strategies.needs import base_of, encoder_of
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
    "tested again whenever its base or the labels change. Where a corpus answers the questions, it is trained and "
    "asked with retrieved passages, so the index has to be kept as well.",
    kinds=("classify", "extract", "answer", "generate"),
    multi_label=True,
    also_needs=(("answer", "encoder"),),
)


class Lora:
    """Trains adapters on all linear layers (Hu et al. 2021, arXiv:2106.09685) to answer with the label, or to
    write the answer."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The prompt's constant text, the recipe and the token budget; where it writes, how; with passages, whose."""
        passages = reads_notes(train.task, entries=len(train.corpus))
        settings = {
            "instructions": instructions_text(train.task, passages=passages),
            "train_tokens": budget.train_tokens,
            **asdict(RECIPE),
        }
        if not chooses(train.task):
            settings |= {
                "kind": train.task.kind,
                "wording": WORDING,
                "writing": asdict(WRITING),
                "most_tokens": most_tokens(train.task, train.labels),
            }
        if passages:
            encoder = self._models.encoder
            settings |= {"retrieval": "hybrid-1", "encoder": encoder.identity if encoder else None}
        return settings

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Trains, or loads the finished adapter when `checkpoint.directory` has it.

        Raises TrainingFailed when a preflight check fails, InvalidData when too many examples are too long or none
        has an answer to learn.
        """
        from rung.strategies.lora.train import fit_adapter

        base = base_of(self._models, CARD.name)
        passages = reads_notes(train.task, entries=len(train.corpus))
        return fit_adapter(
            base,
            train,
            encoder=encoder_of(self._models, CARD.name) if passages else None,
            settings=self.settings(train, budget=budget),
            budget=budget,
            rng=rng,
            checkpoint=checkpoint,
        )
