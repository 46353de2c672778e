"""Logistic regression on the embeddings of a frozen encoder."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.head_rules import kind_settings
from rung.strategies.needs import encoder_of, local_libraries
from rung.task.protocols import Predictor

VERSION = "embedding-logistic-1"
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Embeddings are of unit length with small differences, so good heads are weakly regularised. An under-tuned head
is the usual reason for climbing too early."""
WORD_STRENGTHS = (0.1, 1.0)
"""For the tagger of words, whose rows are longer than 1: lighter steps go as far."""

CARD = Card(
    name="encoder-head",
    title="Encoder and linear head",
    family="fine_tuned",
    rank=70,
    updates_weights=True,
    owns=("label_set", "head"),
    needs=("encoder", "train_labels"),
    integration_weeks=(2.0, 3.0, 6.0),
    because="The lightest adaptation of a pre-trained model: a linear layer is fitted, the encoder stays as it is.",
    kinds=("classify", "extract", "answer"),
    multi_label=True,
    also_needs=(("extract", "words"), ("answer", "corpus")),
)


class EncoderHead:
    """Multinomial logistic regression on sentence embeddings, the linear probe of Alain and Bengio (2016,
    arXiv:1610.01644) put to work."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """Features, candidates and the rule that chooses among them; the choice itself is made by `fit`."""
        return {"features": VERSION, "strengths": list(STRENGTHS), **kind_settings(train.task, WORD_STRENGTHS)}

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Chooses by grouped cross-validation, then fits on all of train."""
        with local_libraries(CARD.name):
            from rung.strategies.encoder_head.train import fit

        encoder = encoder_of(self._models, CARD.name)
        return fit(
            encoder,
            self._models,
            train,
            strengths=STRENGTHS,
            word_strengths=WORD_STRENGTHS,
            version=VERSION,
            rng=rng,
            checkpoint=checkpoint,
            strategy=CARD.name,
        )
