"""Fitting a linear head: choose once, keep the choice, fit on everything."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from rung.errors import InvalidData
from rung.strategies.contract import Checkpoint, TrainData
from rung.strategies.head_choice import RULE, choose_head, fit_classifier, load_choice, save_choice
from rung.strategies.linear_head import LabelledTexts, LinearHead, Recipe
from rung.strategies.needs import MINIMUM_LABELS, labelled_entries
from rung.task.example import content_hash

CHOICE_FILE = "fit.json"


def fit_head(
    recipe: Recipe, train: TrainData, *, rng: np.random.Generator, checkpoint: Checkpoint, strategy: str
) -> LinearHead:
    """A head fitted on the training examples and, where the choice says so, on the labelled corpus entries.

    The cross-validated choice is the costly part and is kept in `fit.json`; a later fit on the same data reads it.
    The last fit takes seconds and is repeated, so nothing executable or pickled is ever stored.
    """
    examples = LabelledTexts(
        tuple(example.input for example in train.examples), tuple(example.expected for example in train.examples)
    )
    if len(set(examples.labels)) < MINIMUM_LABELS:
        raise InvalidData(
            f"strategy {strategy} needs training examples of at least {MINIMUM_LABELS} labels, "
            f"got {len(set(examples.labels))}; add examples under data.examples"
        )
    entries = labelled_entries(train)
    corpus = LabelledTexts(
        tuple(entry.passage for entry in entries), tuple(entry.label for entry in entries if entry.label is not None)
    )
    groups = [example.group for example in train.examples]
    return chosen_head(recipe, examples, groups, corpus, seed=int(rng.integers(2**31)), checkpoint=checkpoint)


def chosen_head(
    recipe: Recipe,
    examples: LabelledTexts,
    groups: Sequence[str],
    corpus: LabelledTexts,
    *,
    seed: int,
    checkpoint: Checkpoint,
    file: str = CHOICE_FILE,
) -> LinearHead:
    """A head on these texts of at least two labels; its choice is kept under `file` in the checkpoint directory."""
    parts = (examples.texts, examples.labels, groups, corpus.texts, corpus.labels)
    key = content_hash(RULE, recipe.version, str(seed), *(content_hash(*part) for part in parts))
    path = checkpoint.directory / file
    choice = load_choice(path, key)
    if choice is None:

        def report(done: int, total: int) -> None:
            checkpoint.report(done, total + 1, "cross-validating")

        with one_blas_thread():
            choice = choose_head(recipe, examples, groups, corpus, seed=seed, report=report)
        save_choice(path, key, choice)
    known = examples + corpus if choice.with_corpus else examples
    features = recipe.features(known.texts)
    with one_blas_thread():
        classifier = fit_classifier(recipe.classifier(choice.strength), features.matrix(known.texts), known.labels)
    checkpoint.report(1, 1, "fitting the head")
    return LinearHead(features, classifier, sorted(set(known.labels)), choice.temperature)


def one_blas_thread() -> AbstractContextManager[Any]:
    """Sums over several threads round differently with their number, so equal data would give unequal weights on
    another machine; and matrices as small as these are slower when split."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits
