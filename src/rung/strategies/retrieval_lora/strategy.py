"""Low-rank adaptation of a small language model that reads retrieved passages, in training as in use."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

from rung.learning.adapter_recipe import RECIPE
from rung.strategies.adapter_instructions import instructions_text
from rung.strategies.asking import WORDING, chooses, most_tokens
from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.needs import base_of, encoder_of
from rung.strategies.retrieval_lora.reading import READING
from rung.task.protocols import Predictor
from rung.task.task import KINDS

CARD = Card(
    name="retrieval-lora",
    title="Retrieval and LoRA adapter",
    family="fine_tuned",
    rank=105,
    updates_weights=True,
    owns=("prompt", "label_set", "corpus", "index", "adapter"),
    needs=("base", "encoder", "corpus", "train_labels"),
    integration_weeks=(2.5, 5.0, 10.0),
    because="Everything that an adapter and everything that retrieval has to keep: the adapter is trained on what the "
    "index finds, so a new corpus or another way of finding asks for another training and another test.",
    kinds=KINDS,
    multi_label=True,
)


class RetrievalLora:
    """Retrieval and fine-tuning together, whose gains may add up (Balaguer et al. 2024, arXiv:2401.08406): an adapter
    (Hu et al. 2021, arXiv:2106.09685) trained on prompts that hold what the index finds, passages that do not help
    included (Zhang et al. 2024, RAFT, arXiv:2403.10131)."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The prompt's constant text, the recipe, the token budget and how passages are found and read; where it
        writes, how."""
        encoder = self._models.encoder
        settings = {
            "instructions": instructions_text(train.task, passages=True),
            "train_tokens": budget.train_tokens,
            **asdict(RECIPE),
            "reading": asdict(READING),
            "retrieval": "hybrid-1",
            "encoder": encoder.identity if encoder else None,
        }
        if chooses(train.task):
            return settings
        return {
            **settings,
            "kind": train.task.kind,
            "wording": WORDING,
            "most_tokens": most_tokens(train.task, train.labels),
        }

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Trains, or loads the finished adapter when `checkpoint.directory` has it.

        Raises TrainingFailed when a preflight check fails, InvalidData when the corpus holds no text, too many
        examples are too long or none has an answer to learn.
        """
        from rung.strategies.retrieval_lora.train import fit_adapter

        return fit_adapter(
            base_of(self._models, CARD.name),
            train,
            encoder=encoder_of(self._models, CARD.name),
            settings=self.settings(train, budget=budget),
            budget=budget,
            rng=rng,
            checkpoint=checkpoint,
        )
