"""Fits the adapter, or finds it finished."""

from __future__ import annotations

from typing import Any

import numpy as np

from rung.learning.adapter_recipe import RECIPE
from rung.learning.adapter_training import tuned_model
from rung.learning.base import TrainableBase
from rung.learning.fingerprint import training_fingerprint
from rung.learning.training_material import training_material
from rung.strategies.adapter_instructions import instructions_text
from rung.strategies.adapter_predictor import adapter_predictor
from rung.strategies.asking import chooses
from rung.strategies.contract import Budget, Checkpoint, TrainData
from rung.strategies.lora.learned_texts import learned_texts
from rung.strategies.lora.notes import Notes
from rung.strategies.lora.recipe import WRITING
from rung.task.protocols import Encoder, Predictor


def fit_adapter(
    base: TrainableBase,
    train: TrainData,
    *,
    encoder: Encoder | None,
    settings: dict[str, Any],
    budget: Budget,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
) -> Predictor:
    """A predictor with the trained adapter merged into its base; `encoder` finds the passages that it reads, if any.

    A finished adapter in the checkpoint directory is loaded and checked instead of trained again; an unfinished
    training goes on at its last checkpoint.
    """
    seed = int(rng.integers(2**31))
    fingerprint = training_fingerprint(
        settings=settings,
        base=base.identity,
        seed=seed,
        examples=train.examples,
        entries=train.corpus,
        labels=train.labels,
    )
    model, tokenizer = base.load()
    notes = Notes(train.corpus, encoder, tokenizer) if encoder is not None else None
    texts = learned_texts(train, notes, rng)
    instructions = instructions_text(train.task, passages=notes is not None)
    scored = train.labels if chooses(train.task) else ()
    limit = RECIPE.longest_example_tokens if scored else WRITING.longest_example_tokens
    material = training_material(texts, tokenizer, scored, instructions, strategy="lora", limit=limit)
    served = tuned_model(
        model,
        material,
        base_identity=base.identity,
        fingerprint=fingerprint,
        seed=seed,
        train_tokens=budget.train_tokens,
        directory=checkpoint.directory,
        report=checkpoint.report,
    )
    return adapter_predictor(
        served, tokenizer, train, instructions=instructions, longest_answer=material.longest_answer_tokens, finder=notes
    )
