"""Builds the arms of a diagnosis and asks them: the strategy with one thing changed, about a sample of dev.

Every arm has an identity of its own in the store (the strategy's, with what was changed), so a second diagnosis asks no
model and one that was killed goes on where it stopped. The sealed split is never asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from rung.diagnose.arms import CLOSED_BOOK, LARGER_MODEL, ORACLE_CONTEXT, TRAIN_ITEMS, WORDING, Arms
from rung.errors import MissingExtra, ModelUnavailable
from rung.evaluate.run import Run
from rung.pipeline.arm_bench import ARM_ITEMS, Bench
from rung.pipeline.arm_changes import ask_changes
from rung.pipeline.arm_sample import arm_sample
from rung.pipeline.models import with_larger
from rung.pipeline.project import Project
from rung.strategies.context_arm import Retold, Shown, WithPassages, by_request, right_passages
from rung.strategies.contract import Card
from rung.strategies.wordings import VERSION, Reworded, own_lines, wordings_for
from rung.task.example import Example, content_hash

QUESTIONS: tuple[str, ...] = ("context", "wordings", "capacity", "robustness")
"""The parts of a `Diagnosis` that need arms, in the order in which they are asked."""
WORDING_ITEMS = 60
"""Fewer than for the other arms, because there are several wordings."""
CONTEXT_VERSION = 2
"""Raised when other passages are put into a prompt in another way."""


def build_arms(project: Project, card: Card, run: Run, *, questions: frozenset[str] | None = None) -> Arms:
    """The arms of a strategy whose run on dev is `run`; `questions` (of `QUESTIONS`) None: all of them.

    An arm that task or strategy cannot have, and one whose model failed, is in `absent` with the reason. All arms are
    asked about originals of one seeded sample of the run's items, except the train items and the requests out of scope.
    ValueError for a run that is not on dev, or an unknown question.
    """
    if run.split != "dev":
        raise ValueError(f"arms are asked on dev, got a run on {run.split}")
    wanted = frozenset(QUESTIONS) if questions is None else questions
    if wanted - frozenset(QUESTIONS):
        raise ValueError(f"unknown questions {sorted(wanted - frozenset(QUESTIONS))}; known: {', '.join(QUESTIONS)}")
    bench = Bench(project, card, run)
    if not bench.sample:
        return Arms(
            {}, {question: "no original item of the run was judged" for question in QUESTIONS if question in wanted}
        )
    asked: Mapping[str, Callable[[Bench], None]] = {
        "context": _context,
        "wordings": _wordings,
        "capacity": _capacity,
        "robustness": ask_changes,
    }
    for question in QUESTIONS:
        if question in wanted:
            asked[question](bench)
    return Arms(bench.runs, bench.absent)


def _context(bench: Bench) -> None:
    """D2 and D5: the same prompt without passages, and with the right ones."""
    reason = _no_passages(bench)
    if reason:
        bench.absent[CLOSED_BOOK] = bench.absent[ORACLE_CONTEXT] = reason
        return
    if bench.retrieves:
        change = {"arm": CLOSED_BOOK, "version": CONTEXT_VERSION}
        _with_passages(bench, CLOSED_BOOK, bench.sample, None, change)
    else:
        sampled = frozenset(example.id for example in bench.sample)
        rows = tuple(row for row in bench.run.rows if row.example.id in sampled)
        bench.runs[CLOSED_BOOK] = replace(bench.run, rows=rows, unscored=(), model_calls=0)
    asked = frozenset(example.id for example in bench.sample)
    passages = right_passages([row for row in bench.run.rows if row.example.id in asked], bench.project.train)
    items = [example for example in bench.sample if example.id in passages]
    if not items:
        bench.absent[ORACLE_CONTEXT] = (
            "no item names its passages and no corpus entry bears its label"
            if bench.kind == "classify"
            else "no item names its passages"
        )
        return
    shown = by_request(items, passages)
    named = json.dumps({text: [entry.id for entry in entries] for text, entries in shown.items()}, sort_keys=True)
    change = {"arm": ORACLE_CONTEXT, "version": CONTEXT_VERSION, "passages": content_hash(named)}
    _with_passages(bench, ORACLE_CONTEXT, items, shown, change)


def _no_passages(bench: Bench) -> str:
    """Why no passage can be put before a model; "" where one can."""
    name = bench.card.name
    if not bench.project.train.corpus:
        return "the task has no corpus"
    if bench.prompted:
        return ""
    if bench.retrieves and bench.card.updates_weights:
        return f"{name} was trained on what it finds, so with other passages it would be another strategy"
    if bench.retrieves:
        return f"{name} answers with what it finds, so with the right passage it is right by construction"
    return f"{name} puts no passage before a pre-trained model"


def _with_passages(
    bench: Bench, name: str, items: Sequence[Example], shown: Shown | None, change: Mapping[str, Any]
) -> None:
    models, train = bench.project.models, bench.project.train
    if models.generator is None:
        bench.absent[name] = models.why or "there is no language model to ask"
        return
    generator = WithPassages(models.generator, train, shown, retrieves=bench.retrieves)
    bench.changed(
        name,
        items,
        change=change,
        models=replace(models, generator=generator),
        around=lambda predictor: Retold(predictor, shown),
    )


def _wordings(bench: Bench) -> None:
    """D4: the same prompt in other forms."""
    models, train = bench.project.models, bench.project.train
    if not bench.prompted or models.generator is None:
        bench.absent["wordings"] = f"{bench.card.name} puts no prompt before a pre-trained model"
        return
    items = bench.smaller(WORDING_ITEMS)
    for wording in wordings_for(train, passages=bench.retrieves):
        generator = Reworded(models.generator, wording, own_lines(train))
        change = {"arm": "wording", "version": VERSION, "form": wording.name}
        bench.changed(WORDING + wording.name, items, change=change, models=replace(models, generator=generator))


def _capacity(bench: Bench) -> None:
    """D6: a larger model with the same prompts, and the strategy on items that it learned from."""
    _larger(bench)
    project, card = bench.project, bench.card
    if not card.updates_weights:
        bench.absent[TRAIN_ITEMS] = (
            f"{card.name} shows training items in its prompts, its own among them"
            if "train_labels" in bench.needs
            else f"{card.name} learns nothing from the training items"
        )
        return
    items = arm_sample(project.split.train, most=ARM_ITEMS, seed=project.task.seed)
    ask = partial(project.ladder.ask_more, card, items, "train", what=f"asking: {TRAIN_ITEMS}")
    bench.put(TRAIN_ITEMS, ask, project.models.generator if "generator" in bench.needs else None)


def _larger(bench: Bench) -> None:
    project = bench.project
    if not bench.prompted:
        bench.absent[LARGER_MODEL] = f"{bench.card.name} asks no pre-trained language model"
        return
    try:
        models = with_larger(project.models, project.task)
    except (ModelUnavailable, MissingExtra) as error:
        bench.absent[LARGER_MODEL] = str(error)
        return
    if models is None or models.generator is None:
        bench.absent[LARGER_MODEL] = "models.larger is not set in rung.yaml"
        return
    own = project.models.generator
    if own is not None and own.identity == models.generator.identity:
        bench.absent[LARGER_MODEL] = "models.larger is the model that it already asks"
        return
    if models.generator.hosted and project.task.constraints.deployment == "on_prem":
        bench.absent[LARGER_MODEL] = "models.larger is hosted by others, and constraints.deployment is on_prem"
        return
    # Nothing but the model is different, so its answers are those that the strategy would give with it.
    bench.changed(LARGER_MODEL, bench.sample, change=None, models=models)
