"""The passages that an input is about, given to the model as notes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.prompting import prompt_settings
from rung.task.protocols import Predictor
from rung.task.task import KINDS

NOTES = 5
"""Few enough that a small model still reads them all (Liu et al. 2024, "Lost in the middle", arXiv:2307.03172)."""

CARD = Card(
    name="retrieval-prompt",
    title="Retrieval and prompt",
    family="pretrained",
    rank=55,
    updates_weights=False,
    owns=("prompt", "label_set", "corpus", "index"),
    needs=("generator", "encoder", "corpus"),
    integration_weeks=(1.5, 2.5, 6.0),
    because="Everything that retrieval alone has to keep, and a prompt and its model besides; nothing is trained.",
    kinds=KINDS,
    multi_label=True,
)


class RetrievalPrompt:
    """Retrieval-augmented generation (Lewis et al. 2020, arXiv:2005.11401) with a frozen model: the passages found
    by shared terms and by meaning, fused by rank, stand in the prompt; one that bears a label as a solved example."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The prompt's constant text, how many notes it gets and how they are found."""
        return {
            **prompt_settings(train, passages=True),
            "notes": NOTES,
            "note_wording": 2,
            "retrieval": "hybrid-1",
        }

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Indexes the corpus; uses no labelled request. `InvalidData` where the corpus holds no text."""
        from rung.strategies.index_prompting import fit_index
        from rung.strategies.retrieval_prompt.passages import corpus_passages

        return fit_index(self._models, CARD.name, train, corpus_passages(train, notes=NOTES), checkpoint)
