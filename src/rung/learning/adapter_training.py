"""Trains the adapter, or finds it finished, and merges it into its base."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from peft import PeftModel
from torch import Tensor

from rung.learning.adapter import adapter_files, model_to_serve, with_adapter
from rung.learning.adapter_recipe import RECIPE
from rung.learning.batch_order import batch_order, steps_for_passes
from rung.learning.checkpoint import Checkpoints
from rung.learning.durable_folder import read_folder, write_folder
from rung.learning.loop import Parts, Report
from rung.learning.loop import train as run_training
from rung.learning.packed_batch import Supervised, answer_loss, pack
from rung.learning.training_material import Material
from rung.learning.training_plan import TrainingPlan

FOLDER = "adapter"
MOST_PACK_TOKENS = RECIPE.texts_together * RECIPE.longest_example_tokens
"""Every token of a pack is compared with every other, so the memory of a pack grows with the square of its tokens."""


def tuned_model(
    model: Any,
    material: Material,
    *,
    base_identity: str,
    fingerprint: str,
    seed: int,
    train_tokens: int,
    directory: Path,
    report: Report,
) -> Any:
    """The base `model` with the trained adapter merged into it, ready to serve.

    A finished adapter of this `fingerprint` in `directory` is loaded and checked instead of trained again; an
    unfinished training goes on at its last checkpoint. Raises TrainingFailed when a check fails.
    """
    tuned = with_adapter(model, seed)
    files = read_folder(directory / FOLDER)
    if files is None or json.loads(files["fit.json"])["fingerprint"] != fingerprint:
        plan = plan_for(material, train_tokens, seed)
        files = _train(tuned, material, plan, directory, report, fingerprint, base_identity)
    return model_to_serve(tuned, files, material)


def plan_for(material: Material, train_tokens: int, seed: int) -> TrainingPlan:
    """The plan that passes at most `train_tokens` through the model (never fewer than one step)."""
    texts = len(material.examples)
    wanted = steps_for_passes(texts, batch_size=RECIPE.batch_size, passes=RECIPE.passes(texts))
    steps = max(1, min(wanted, int(train_tokens / tokens_a_step(material))))
    return TrainingPlan(
        steps=steps,
        learning_rate=RECIPE.learning_rate,
        warmup_steps=min(RECIPE.warmup_steps, steps),
        seed=seed,
        save_every=RECIPE.save_every,
    )


def tokens_a_step(material: Material) -> float:
    """Mean tokens that one batch passes through the model, its prefix counted once."""
    return len(material.prefix) + material.tokens_a_text * min(RECIPE.batch_size, len(material.examples))


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
    directory: Path,
    report: Report,
    fingerprint: str,
    base_identity: str,
) -> dict[str, bytes]:
    """The files of the finished adapter, by then kept in the directory."""
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

    checkpoints = Checkpoints(directory / "training", fingerprint)
    record = run_training(tuned, loss_at, plan, checkpoints=checkpoints, report=report, what="tuning the adapter")
    facts = {
        "fingerprint": fingerprint,
        "steps": plan.steps,
        "texts": len(material.examples),
        "left_out": material.left_out,
        "losses": record.losses,
    }
    files = adapter_files(tuned, material, base_identity=base_identity)
    files["fit.json"] = json.dumps(facts).encode()
    write_folder(directory / FOLDER, files)
    checkpoints.clear()
    return files
