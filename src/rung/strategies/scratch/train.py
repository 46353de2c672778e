"""Trains the tokenizer and the model of one's own, or finds them finished."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from safetensors.torch import load, save
from tokenizers import Tokenizer
from torch import Tensor

from rung.learning.batch_order import batch_order, steps_for_passes
from rung.learning.carve_out import carve_out
from rung.learning.checkpoint import Checkpoints
from rung.learning.durable_folder import read_folder, write_folder
from rung.learning.fingerprint import training_fingerprint
from rung.learning.labelled_text import LabelledText, from_corpus, from_examples
from rung.learning.loop import Watch
from rung.learning.loop import train as run_training
from rung.learning.preflight import within_length
from rung.learning.training_plan import TrainingPlan
from rung.strategies.contract import Budget, Checkpoint, TrainData
from rung.strategies.scratch.model import OwnModel, Reading
from rung.strategies.scratch.predict import OwnModelPredictor
from rung.strategies.scratch.recipe import RECIPE
from rung.strategies.scratch.tokenizer import text_ids, trained_tokenizer

FOLDER = "model"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texts:
    """What the model reads: texts with labels, texts of the corpus without, and labelled examples set aside."""

    labelled: tuple[LabelledText, ...]
    unlabelled: tuple[str, ...]
    aside: tuple[LabelledText, ...]


def fit_model(
    train: TrainData,
    *,
    settings: dict[str, Any],
    budget: Budget,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
) -> OwnModelPredictor:
    """A predictor with the trained model.

    A finished model in the checkpoint directory is loaded instead of trained again; an unfinished training goes
    on at its last checkpoint.
    """
    seed = int(rng.integers(2**31))
    fingerprint = training_fingerprint(
        settings=settings,
        base="none",
        seed=seed,
        examples=train.examples,
        entries=train.corpus,
        labels=train.labels,
    )
    files = read_folder(checkpoint.directory / FOLDER)
    if files is None or json.loads(files["fit.json"])["fingerprint"] != fingerprint:
        texts = training_texts(train, rng)
        files = _train(texts, train.labels, budget, seed, checkpoint, fingerprint)
    return _loaded(files, train.labels)


def training_texts(train: TrainData, rng: np.random.Generator) -> Texts:
    """The texts, drawn from `rng`: part of the examples set aside, and the corpus with as many labelled entries
    a label as examples warrant; its other entries are read without their label."""
    kept, aside = carve_out(train.examples, share=RECIPE.aside_share, rng=rng)
    entries = from_corpus(train.corpus, examples=len(train.examples), labels=train.labels, rng=rng)
    labelled_ids = {entry.id for entry in entries}
    others = [
        entry.passage for entry in train.corpus if f"corpus:{entry.id}" not in labelled_ids and entry.passage.strip()
    ]
    return Texts((*from_examples(kept), *entries), tuple(others), tuple(from_examples(aside)))


def readings_of(texts: Texts, tokenizer: Tokenizer, labels: Sequence[str]) -> tuple[list[Reading], tuple[str, ...]]:
    """(readings, ids left out as too long). Labelled texts first. InvalidData when too many are too long."""
    position = {label: index for index, label in enumerate(labels)}
    readings = [Reading(text_ids(tokenizer, text.text), position[text.label]) for text in texts.labelled]
    readings += [Reading(text_ids(tokenizer, text), None) for text in texts.unlabelled]
    names = [text.id for text in texts.labelled]
    names += [f"unlabelled corpus text {index + 1}" for index in range(len(texts.unlabelled))]
    fitting = within_length(readings, names, limit=RECIPE.longest_text_tokens + 2)
    if fitting.left_out:
        _log.warning("scratch: too long to train on and left out: %s", ", ".join(fitting.left_out))
    return [readings[index] for index in fitting.kept], fitting.left_out


def plan_for(readings: Sequence[Reading], budget: Budget, seed: int) -> TrainingPlan:
    """The plan whose tokens stay within the budget (never fewer than one step)."""
    wanted = steps_for_passes(len(readings), batch_size=RECIPE.batch_size, passes=RECIPE.passes(len(readings)))
    average = sum(reading.tokens for reading in readings) / len(readings)
    affordable = int(budget.train_tokens / (average * min(RECIPE.batch_size, len(readings))))
    steps = max(1, min(wanted, affordable))
    return TrainingPlan(
        steps=steps,
        learning_rate=RECIPE.learning_rate,
        warmup_steps=min(RECIPE.warmup_steps, steps),
        seed=seed,
        save_every=RECIPE.save_every,
        schedule="cosine",
        weight_decay=RECIPE.weight_decay,
        second_moment_decay=0.98,
    )


def _train(
    texts: Texts, labels: tuple[str, ...], budget: Budget, seed: int, checkpoint: Checkpoint, fingerprint: str
) -> dict[str, bytes]:
    """The files of the finished model, by then kept in the checkpoint directory."""
    tokenizer = trained_tokenizer(
        [*(text.text for text in texts.labelled), *texts.unlabelled], vocabulary=RECIPE.vocabulary
    )
    readings, left_out = readings_of(texts, tokenizer, labels)
    plan = plan_for(readings, budget, seed)
    lengths = [reading.tokens for reading in readings]
    order = batch_order(lengths, batch_size=RECIPE.batch_size, steps=plan.steps, rng=np.random.default_rng(seed))
    model = OwnModel(tokenizer.get_vocab_size(), len(labels), seed)

    def loss_at(step: int) -> Tensor:
        return model.loss([readings[index] for index in order[step]])

    watch = Watch(ceil(plan.steps / RECIPE.looks), lambda: right_probability(model, tokenizer, texts.aside, labels))
    checkpoints = Checkpoints(checkpoint.directory / "training", fingerprint)
    record = run_training(
        model.network,
        loss_at,
        plan,
        checkpoints=checkpoints,
        report=checkpoint.report,
        what="training from scratch",
        watch=watch if texts.aside else None,
    )
    facts = {
        "fingerprint": fingerprint,
        "entries": tokenizer.get_vocab_size(),
        "parameters": model.parameters,
        "kept_step": record.kept_step,
        "scores": record.scores,
        "left_out": left_out,
        "losses": record.losses,
    }
    weights = {name: tensor.detach().contiguous() for name, tensor in model.network.named_parameters()}
    files = {
        "model.safetensors": save(weights),
        "tokenizer.json": tokenizer.to_str().encode(),
        "fit.json": json.dumps(facts).encode(),
    }
    write_folder(checkpoint.directory / FOLDER, files)
    checkpoints.clear()
    return files


def right_probability(
    model: OwnModel, tokenizer: Tokenizer, texts: Sequence[LabelledText], labels: Sequence[str]
) -> float:
    """The mean probability of the right label over `texts`, in [0, 1].

    It follows the share of right answers but moves with every text, where that share ties on a few dozen; and
    unlike the likelihood it is not ruled by a few texts that are confidently wrong.
    """
    readable = [
        (ids, labels.index(text.label))
        for text in texts
        if len(ids := text_ids(tokenizer, text.text)) <= RECIPE.longest_text_tokens
    ]
    if not readable:
        return 0.0
    return sum(float(model.label_probabilities(ids)[label]) for ids, label in readable) / len(readable)


def _loaded(files: Mapping[str, bytes], labels: tuple[str, ...]) -> OwnModelPredictor:
    """The predictor from the finished files; a fresh model goes through this door too."""
    tokenizer = Tokenizer.from_str(files["tokenizer.json"].decode())
    model = OwnModel(tokenizer.get_vocab_size(), len(labels), seed=0)
    weights = load(files["model.safetensors"])
    # The output layer is the embedding itself, so it stands in the file once.
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    model.network.load_state_dict(weights)
    model.network.eval()
    return OwnModelPredictor(model, tokenizer, labels)
