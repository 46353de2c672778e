"""The label of the corpus entry that is nearest in meaning."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.needs import encoder_of, labelled_entries
from rung.task.protocols import Predictor

SHOWN = 5
"""How many entries are reported as retrieved. Only the first decides; the others tell failure analysis whether the
right entry was at least near."""

CARD = Card(
    name="retrieval",
    title="Retrieval alone, nearest entry",
    family="pretrained",
    rank=50,
    updates_weights=False,
    owns=("corpus", "index", "label_set"),
    needs=("encoder", "labelled_corpus"),
    integration_weeks=(1.0, 2.0, 5.0),
    because="Adds a corpus to keep true and an index to keep in step with it; no prompt, and nothing is trained.",
)


class NearestEntry:
    """One nearest neighbour (Cover and Hart 1967) in the space of a sentence encoder (Reimers and Gurevych 2019,
    arXiv:1908.10084), over the corpus instead of labelled requests.

    By meaning only, not fused with shared terms: the decision needs the one best entry and a confidence on a scale
    of its own, and reciprocal ranks have no scale.
    """

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """How the nearest entry is found."""
        return {"retrieval": "dense-1", "shown": SHOWN}

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Encodes the corpus entries that name a label of the task; uses no labelled request."""
        from rung.strategies.nearest_entry.predictor import NearestEntryPredictor

        encoder = encoder_of(self._models, CARD.name)
        entries = labelled_entries(train)
        checkpoint.report(0, len(entries), "encoding corpus")
        predictor = NearestEntryPredictor(encoder, entries, shown=SHOWN)
        checkpoint.report(len(entries), len(entries), "encoding corpus")
        return predictor
