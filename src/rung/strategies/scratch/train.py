"""Trains the tokenizer and the model of one's own, or finds them finished."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from safetensors.torch import load, save
from tokenizers import Tokenizer
from torch import Tensor

from rung.learning.batch_order import batch_order, steps_for_passes
from rung.learning.checkpoint import Checkpoints
from rung.learning.durable_folder import read_folder, write_folder
from rung.learning.fingerprint import training_fingerprint
from rung.learning.loop import Watch
from rung.learning.loop import train as run_training
from rung.learning.training_plan import TrainingPlan
from rung.strategies.asking import chooses
from rung.strategies.contract import Budget, Checkpoint, TrainData
from rung.strategies.scratch.course import Lesson, course_for, fitting_lessons
from rung.strategies.scratch.network import parameters_of
from rung.strategies.scratch.recipe import RECIPE
from rung.strategies.scratch.texts import Texts, spelled, training_texts
from rung.strategies.scratch.tokenizer import trained_tokenizer
from rung.task.protocols import Predictor

FOLDER = "model"


def fit_model(
    train: TrainData,
    *,
    settings: dict[str, Any],
    budget: Budget,
    rng: np.random.Generator,
    checkpoint: Checkpoint,
) -> Predictor:
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
        files = _train(training_texts(train, rng), train, budget, seed, checkpoint, fingerprint)
    return _loaded(files, train)


def plan_for(lessons: Sequence[Lesson], budget: Budget, seed: int) -> TrainingPlan:
    """The plan whose tokens stay within the budget (never fewer than one step)."""
    wanted = steps_for_passes(len(lessons), batch_size=RECIPE.batch_size, passes=RECIPE.passes(len(lessons)))
    average = sum(lesson.tokens for lesson in lessons) / len(lessons)
    affordable = int(budget.train_tokens / (average * min(RECIPE.batch_size, len(lessons))))
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
    texts: Texts, train: TrainData, budget: Budget, seed: int, checkpoint: Checkpoint, fingerprint: str
) -> dict[str, bytes]:
    """The files of the finished model, by then kept in the checkpoint directory."""
    tokenizer = trained_tokenizer(
        spelled(texts, train.task), vocabulary=RECIPE.vocabulary, verbatim=not chooses(train.task)
    )
    course = course_for(train, tokenizer, seed)
    lessons, left_out = fitting_lessons(course, texts)
    plan = plan_for(lessons, budget, seed)
    lengths = [lesson.tokens for lesson in lessons]
    order = batch_order(lengths, batch_size=RECIPE.batch_size, steps=plan.steps, rng=np.random.default_rng(seed))

    def loss_at(step: int) -> Tensor:
        return course.loss([lessons[index] for index in order[step]])

    watch = Watch(ceil(plan.steps / RECIPE.looks), lambda: course.right_probability(texts.aside))
    checkpoints = Checkpoints(checkpoint.directory / "training", fingerprint)
    record = run_training(
        course.network,
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
        "parameters": parameters_of(course.network),
        "kept_step": record.kept_step,
        "scores": record.scores,
        "left_out": left_out,
        "losses": record.losses,
        "longest_answer": max(lesson.answer_tokens for lesson in lessons),
    }
    weights = {name: tensor.detach().contiguous() for name, tensor in course.network.named_parameters()}
    files = {
        "model.safetensors": save(weights),
        "tokenizer.json": tokenizer.to_str().encode(),
        "fit.json": json.dumps(facts).encode(),
    }
    write_folder(checkpoint.directory / FOLDER, files)
    checkpoints.clear()
    return files


def _loaded(files: Mapping[str, bytes], train: TrainData) -> Predictor:
    """The predictor from the finished files; a fresh model goes through this door too."""
    course = course_for(train, Tokenizer.from_str(files["tokenizer.json"].decode()), seed=0)
    weights = load(files["model.safetensors"])
    # The output layer is the embedding itself, so it stands in the file once.
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    course.network.load_state_dict(weights)
    course.network.eval()
    # A label is one token; folders of labels did not always say so.
    return course.predictor(longest_answer=json.loads(files["fit.json"]).get("longest_answer", 1))
