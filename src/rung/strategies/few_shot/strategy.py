"""The nearest solved examples, shown in the prompt."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.prompting import prompt_settings
from rung.task.protocols import Predictor
from rung.task.task import KINDS

SHOTS = 6
"""Within the 5 to 20 that nearest-example prompts use. A prompt grows by a request and an answer per shot, and so
do latency and cost. With more labels than shots not every label can appear, so the instructions list them all."""

CARD = Card(
    name="few-shot",
    title="Few-shot prompt, nearest examples",
    family="pretrained",
    rank=20,
    updates_weights=False,
    owns=("prompt", "label_set", "shots", "index"),
    needs=("generator", "encoder", "train_labels"),
    integration_weeks=(1.0, 1.5, 4.0),
    because=f"Adds to the prompt a store of solved examples, of which the {SHOTS} nearest are shown; trains nothing.",
    kinds=KINDS,
    multi_label=True,
)


class FewShot:
    """In-context learning (Brown et al. 2020, arXiv:2005.14165) from the examples nearest to each input, which
    does better than examples chosen at random (Liu et al. 2022, arXiv:2101.06804)."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """The prompt's constant text, how many examples are shown and how they are found."""
        return {**prompt_settings(train), "shots": SHOTS, "retrieval": "hybrid-1"}

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Indexes the training examples. Repeating it after a kill costs one pass of the encoder over them."""
        from rung.strategies.few_shot.shots import solved_examples
        from rung.strategies.index_prompting import fit_index

        return fit_index(self._models, CARD.name, train, solved_examples(train, shots=SHOTS), checkpoint)
