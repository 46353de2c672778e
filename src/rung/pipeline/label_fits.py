"""Fits of a strategy on parts of train, each evaluated on dev, each made at most once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from rung.evaluate.cache_key import corpus_hash, examples_hash, predictor_identity
from rung.evaluate.run import Run
from rung.evaluate.runner import evaluate
from rung.evidence.strata import strata_for
from rung.forecast.learning_curve import WHOLE, beginning, nested_order, planned_sizes
from rung.pipeline.ladder import BUDGET
from rung.pipeline.project import Project
from rung.pipeline.text_memory import TextMemory
from rung.strategies.contract import Card, Checkpoint, Models, TrainData
from rung.strategies.registry import load_strategy
from rung.task.example import Example, content_hash
from rung.task.protocols import Predictor

REPEATS = 5
"""Random orders of train. The spread between them is known to a third of itself from five orders of five sizes."""
OFF_PLAN = 1.25
"""Times that whole groups may make a part larger or smaller than planned; beyond it the part stands for no size."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of train: the planned size it stands for, the order it begins (`WHOLE`: all of train) and its items."""

    step: int
    repeat: int
    positions: tuple[int, ...]


def parts_of(project: Project) -> tuple[tuple[int, ...], list[Part]]:
    """The planned sizes, and every part to fit on: all of train once, and the smaller sizes in `REPEATS` orders."""
    train = project.split.train
    strata = strata_for(project.task)
    kinds = {strata.of(example) for example in train}
    sizes = planned_sizes(len(train), len(kinds))
    parts = [Part(len(sizes) - 1, WHOLE, tuple(range(len(train))))]
    for repeat in range(REPEATS):
        order = nested_order(train, strata.of, rng=np.random.default_rng([project.task.seed, repeat]))
        had: set[int] = {len(train)}
        for step, size in enumerate(sizes[:-1]):
            positions = tuple(beginning(order, size))
            near = size / OFF_PLAN <= len(positions) <= size * OFF_PLAN
            if near and len(positions) not in had:
                had.add(len(positions))
                parts.append(Part(step, repeat, positions))
    return sizes, parts


class LabelFits:
    """Makes the fits of a project. `model_calls` and `reused` count answers made now and answers from the store."""

    def __init__(self, project: Project) -> None:
        self._project = project
        encoder = project.models.encoder
        self._models = replace(project.models, encoder=None if encoder is None else TextMemory(encoder))
        self._items = project.split.dev
        self._inputs = {content_hash(item.input) for item in self._items}
        self.model_calls = 0
        self.reused = 0

    def is_kept(self, card: Card, part: Part) -> bool:
        """Whether every answer is in the store, so that nothing has to be fitted."""
        return self._inputs <= self._project.store.predictions(self._identity(card, part)).keys()

    def run(self, card: Card, part: Part) -> Run:
        """The answers on dev after a fit on the part. Errors are those of the strategy's fit and of its models."""
        found = self._of_project(card) if part.repeat == WHOLE else self._of_part(card, part)
        self.model_calls += found.model_calls
        self.reused += len(self._inputs) - found.model_calls
        return found

    def _of_project(self, card: Card) -> Run:
        """All of train is what every other command fits on: its run is theirs."""
        return self._project.ladder.ask_more(card, self._items, "dev", what="evaluating")

    def _of_part(self, card: Card, part: Part) -> Run:
        identity, train = self._identity(card, part), self._train(part)
        folder = self._project.directory / "forecasts" / "fits" / f"{card.name}-{identity[:16]}"

        def make() -> Predictor:
            folder.mkdir(parents=True, exist_ok=True)
            rng = np.random.default_rng([train.task.seed, crc32(card.name.encode())])
            checkpoint = Checkpoint(folder, self._quiet)
            return load_strategy(card.name)(self._models).fit(train, budget=BUDGET, rng=rng, checkpoint=checkpoint)

        return evaluate(
            make,
            strategy=card.name,
            predictor_identity=identity,
            items=self._items,
            split="dev",
            store=self._project.store,
            scorer=self._project.ladder.scorer,
            report=self._quiet,
        )

    def _identity(self, card: Card, part: Part) -> str:
        if part.repeat == WHOLE:
            return self._project.ladder.identity(card)
        train = self._train(part)
        return predictor_identity(
            strategy=card.name,
            settings=load_strategy(card.name)(self._models).settings(train, budget=BUDGET),
            model_identities=_identities(card, train, self._models),
            train_hash=examples_hash(train.examples),
            corpus_hash=corpus_hash(train.corpus),
            labels=train.labels,
            seed=train.task.seed,
        )

    def _train(self, part: Part) -> TrainData:
        """The part's items, the whole corpus, and a seed of its own: what a fit does by chance differs as well."""
        whole = self._project.train
        examples: Sequence[Example] = [whole.examples[position] for position in part.positions]
        return replace(whole, examples=examples, task=replace(whole.task, seed=whole.task.seed + 1 + part.repeat))

    def _quiet(self, done: int, total: int, what: str) -> None:
        """The display counts fits; what goes on inside one of them would only flicker."""


def _identities(card: Card, train: TrainData, models: Models) -> dict[str, str]:
    roles = {"generator": models.generator, "encoder": models.encoder, "words": models.words, "base": models.base}
    needs = card.needs_for(train.task.kind)
    return {role: model.identity for role, model in roles.items() if role in needs and model is not None}
