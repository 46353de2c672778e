"""A linear classifier on counted words and characters."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.strategies.head_rules import kind_settings
from rung.strategies.needs import local_libraries
from rung.task.protocols import Predictor

VERSION = "tfidf-words-1-2-chars-2-5-svc-1"
STRENGTHS = (0.3, 1.0, 3.0, 10.0)
"""Half-decades around scikit-learn's default of 1. Beyond 10 the squared hinge loss separates rows of unit length
without error and hardly changes any more, while the solver takes ever longer."""
WORD_STRENGTHS = (1.0, 10.0)
"""For the tagger of words: around scikit-learn's default, and a decade looser for many rare spellings."""

CARD = Card(
    name="tfidf-linear",
    title="TF-IDF and linear classifier",
    family="classical",
    rank=60,
    updates_weights=True,
    owns=("label_set", "features", "head"),
    needs=("train_labels",),
    integration_weeks=(1.0, 2.0, 5.0),
    because="Labels, features and a linear model that refits in seconds on any machine; no pre-trained model.",
    kinds=("classify", "extract", "answer"),
    multi_label=True,
    also_needs=(("answer", "corpus"),),
)


class TfidfLinear:
    """Words (one and two) and characters within words (two to five), weighted by TF-IDF (Spärck Jones 1972), and a
    linear support vector machine one label against the rest (Joachims 1998; Wang and Manning 2012)."""

    card: ClassVar[Card] = CARD

    def __init__(self, models: Models) -> None:
        self._models = models

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """Features, candidates and the rule that chooses among them; the choice itself is made by `fit`."""
        return {"features": VERSION, "strengths": list(STRENGTHS), **kind_settings(train.task, WORD_STRENGTHS)}

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """Chooses by grouped cross-validation, then fits on all of train."""
        with local_libraries(CARD.name):
            from rung.strategies.tfidf_linear.train import fit

        return fit(
            train,
            strengths=STRENGTHS,
            word_strengths=WORD_STRENGTHS,
            version=VERSION,
            rng=rng,
            checkpoint=checkpoint,
            strategy=CARD.name,
        )
