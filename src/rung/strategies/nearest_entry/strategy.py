"""What the corpus entry that is nearest in meaning says: its label, or its best sentence."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.needs import encoder_of, labelled_entries
from rung.task.protocols import Encoder, Predictor

SHOWN = 5
"""How many entries are reported as retrieved. Only the first decides; the others tell failure analysis whether the
right entry was at least near."""
NEAR = 0.5
"""The least cosine at which an entry gives its label to an item that may have none, and a sentence answers a question.
Fixed, because choosing it by labels would be a fit (docs/concepts/ladder.md)."""

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
    kinds=("classify", "answer"),
    multi_label=True,
)


class NearestEntry:
    """One nearest neighbour (Cover and Hart 1967) in the space of a sentence encoder (Reimers and Gurevych 2019,
    arXiv:1908.10084), over the corpus instead of labelled requests.

    By meaning only, not fused with shared terms: the decision needs the one best entry and a confidence on a scale
    of its own, and reciprocal ranks have no scale. An answer is looked up in two steps: the nearest passages, then
    the sentence of theirs that is nearest to the question.
    """

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """How the nearest entry is found."""
        settings: dict[str, Any] = {"retrieval": "dense-1", "shown": SHOWN}
        if train.task.kind == "answer":
            return {**settings, "near": NEAR, "sentences": 1}
        return {**settings, "near": NEAR, "labels": "several"} if train.task.multi_label else settings

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Encodes the corpus, or those of its entries that name a label of the task; uses no labelled request."""
        encoder = encoder_of(self._models, CARD.name)
        size = len(train.corpus)
        checkpoint.report(0, size, "encoding corpus")
        predictor = _predictor(train, encoder)
        checkpoint.report(size, size, "encoding corpus")
        return predictor


def _predictor(train: TrainData, encoder: Encoder) -> Predictor:
    from rung.strategies.nearest_entry.best_sentence import BestSentencePredictor
    from rung.strategies.nearest_entry.predictor import LabelSetPredictor, NearestEntryPredictor

    if train.task.kind == "answer":
        return BestSentencePredictor(encoder, train.corpus, shown=SHOWN, near=NEAR)
    if train.task.multi_label:
        return LabelSetPredictor(encoder, labelled_entries(train), shown=SHOWN, near=NEAR)
    return NearestEntryPredictor(encoder, labelled_entries(train), shown=SHOWN)
