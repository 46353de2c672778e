"""Fits the adapter that reads passages, or finds it finished."""

from __future__ import annotations

from typing import Any

import numpy as np

from rung.learning.adapter_training import tuned_model
from rung.learning.base import TrainableBase
from rung.learning.fingerprint import training_fingerprint
from rung.learning.label_scoring import MAX_PROMPT_TOKENS
from rung.learning.training_material import training_material
from rung.strategies.adapter_instructions import instructions_text
from rung.strategies.adapter_predictor import adapter_predictor, longest_written
from rung.strategies.asking import chooses
from rung.strategies.contract import Budget, Checkpoint, TrainData
from rung.strategies.retrieval_lora.learned_prompts import learned_prompts
from rung.strategies.retrieval_lora.passages import Passages
from rung.strategies.retrieval_lora.prompts import FoundPassages
from rung.task.protocols import Encoder, Predictor


def fit_adapter(
    base: TrainableBase,
    train: TrainData,
    *,
    encoder: Encoder,
    settings: dict[str, Any],
    budget: Budget,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
) -> Predictor:
    """A predictor with the trained adapter merged into its base, which reads the passages that `encoder` finds.

    A finished adapter in the checkpoint directory is loaded and checked instead of trained again; an unfinished
    training goes on at its last checkpoint. The corpus is searched anew each time.
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
    size = len(train.corpus)
    checkpoint.report(0, size, "encoding corpus")
    passages = Passages(train, encoder, tokenizer)
    checkpoint.report(size, size, "encoding corpus")
    instructions = instructions_text(train.task, passages=True)
    positions: int = model.config.max_position_embeddings
    learned = learned_prompts(
        train, passages, tokenizer, instructions, positions=positions, train_tokens=budget.train_tokens
    )
    scored = train.labels if chooses(train.task) else ()
    material = training_material(
        learned.texts, tokenizer, scored, instructions, strategy="retrieval-lora", limit=learned.longest_tokens
    )
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
    longest_answer = material.longest_answer_tokens
    room = longest_written(train, longest_answer)
    read = min(MAX_PROMPT_TOKENS, positions - room) - len(material.prefix)
    return adapter_predictor(
        served,
        tokenizer,
        train,
        instructions=instructions,
        longest_answer=longest_answer,
        finder=FoundPassages(passages, learned.filler, longest=read),
    )
