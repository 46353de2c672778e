"""Fits the adapter, or finds it finished."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from peft import PeftModel
from torch import Tensor

from rung.learning.base import TrainableBase
from rung.learning.batch_order import batch_order, steps_for_passes
from rung.learning.checkpoint import Checkpoints
from rung.learning.durable_folder import read_folder, write_folder
from rung.learning.fingerprint import training_fingerprint
from rung.learning.loop import Parts
from rung.learning.loop import train as run_training
from rung.learning.packed_batch import Supervised, answer_loss, pack
from rung.learning.training_plan import TrainingPlan
from rung.strategies.asking import chooses, most_tokens
from rung.strategies.contract import Budget, Checkpoint, TrainData
from rung.strategies.lora.adapter import adapter_files, model_to_serve, with_adapter
from rung.strategies.lora.learned_texts import learned_texts
from rung.strategies.lora.material import Material, training_material
from rung.strategies.lora.notes import Notes
from rung.strategies.lora.predict import AdapterPredictor, AdapterWriter
from rung.strategies.lora.recipe import RECIPE, WRITING, instructions_text
from rung.task.protocols import Encoder, Predictor

FOLDER = "adapter"
MOST_PACK_TOKENS = RECIPE.texts_together * RECIPE.longest_example_tokens
"""Every token of a pack is compared with every other, so the memory of a pack grows with the square of its tokens."""


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
    material = training_material(texts, tokenizer, scored, instructions, limit=limit)
    tuned = with_adapter(model, seed)
    files = read_folder(checkpoint.directory / FOLDER)
    if files is None or json.loads(files["fit.json"])["fingerprint"] != fingerprint:
        files = _train(tuned, material, plan_for(material, budget, seed), checkpoint, fingerprint, base.identity)
    served = model_to_serve(tuned, files, material)
    if scored:
        return AdapterPredictor(served, tokenizer, scored, instructions)
    # An adapter may be taught answers that are longer than a task of this form seems to ask for.
    longest = max(most_tokens(train.task, train.labels), material.longest_answer_tokens)
    return AdapterWriter(
        served, tokenizer, train.task, train.labels, instructions=instructions, most_tokens=longest, notes=notes
    )


def plan_for(material: Material, budget: Budget, seed: int) -> TrainingPlan:
    """The plan whose tokens stay within the budget (never fewer than one step)."""
    texts = len(material.examples)
    wanted = steps_for_passes(texts, batch_size=RECIPE.batch_size, passes=RECIPE.passes(texts))
    tokens_a_step = len(material.prefix) + material.tokens_a_text * min(RECIPE.batch_size, texts)
    steps = max(1, min(wanted, int(budget.train_tokens / tokens_a_step)))
    return TrainingPlan(
        steps=steps,
        learning_rate=RECIPE.learning_rate,
        warmup_steps=min(RECIPE.warmup_steps, steps),
        seed=seed,
        save_every=RECIPE.save_every,
    )


def packs(examples: Sequence[Supervised]) -> list[list[Supervised]]:
    """The examples in packs, in order: of at most `texts_together`, and at most `MOST_PACK_TOKENS` unless one alone."""
    made: list[list[Supervised]] = []
    for example in examples:
        last = made[-1] if made else []
        tokens = sum(one.tokens for one in last) + example.tokens
        if last and len(last) < RECIPE.texts_together and tokens <= MOST_PACK_TOKENS:
            last.append(example)
        else:
            made.append([example])
    return made


def _train(
    tuned: PeftModel,
    material: Material,
    plan: TrainingPlan,
    checkpoint: Checkpoint,
    fingerprint: str,
    base_identity: str,
) -> dict[str, bytes]:
    """The files of the finished adapter, by then kept in the checkpoint directory."""
    lengths = [example.tokens for example in material.examples]
    order = batch_order(lengths, batch_size=RECIPE.batch_size, steps=plan.steps, rng=np.random.default_rng(plan.seed))
    device = next(tuned.parameters()).device

    def loss_at(step: int) -> Parts:
        chosen = [material.examples[index] for index in order[step]]
        answers = sum(len(example.answer) for example in chosen)

        def share(part: Sequence[Supervised]) -> Tensor:
            weight = sum(len(example.answer) for example in part) / answers
            return weight * answer_loss(tuned, pack(material.prefix, part, device=device))

        return Parts(tuple(partial(share, part) for part in packs(chosen)))

    checkpoints = Checkpoints(checkpoint.directory / "training", fingerprint)
    record = run_training(
        tuned, loss_at, plan, checkpoints=checkpoints, report=checkpoint.report, what="tuning the adapter"
    )
    facts = {
        "fingerprint": fingerprint,
        "steps": plan.steps,
        "texts": len(material.examples),
        "left_out": material.left_out,
        "losses": record.losses,
    }
    files = adapter_files(tuned, material, base_identity=base_identity)
    files["fit.json"] = json.dumps(facts).encode()
    write_folder(checkpoint.directory / FOLDER, files)
    checkpoints.clear()
    return files
