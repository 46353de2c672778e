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

from rung.diagnose.arms import (
    CHANGE,
    CLOSED_BOOK,
    LARGER_MODEL,
    ORACLE_CONTEXT,
    OUT_OF_SCOPE,
    TRAIN_ITEMS,
    WORDING,
    Arms,
)
from rung.diagnose.owner import retrieves
from rung.errors import EndpointFailed, MissingExtra, ModelUnavailable, TrainingFailed
from rung.evaluate.judging.scorer import Scorer
from rung.evaluate.run import Run
from rung.evidence.changes import CHANGES, changed, out_of_scope_requests, titles_of
from rung.evidence.changes import OUT_OF_SCOPE as OUTSIDE
from rung.pipeline.arm_sample import arm_sample
from rung.pipeline.models import with_larger
from rung.pipeline.project import Project
from rung.pipeline.refusal import RefusalScorer
from rung.strategies.context_arm import Retold, Shown, WithPassages, by_request, right_passages
from rung.strategies.contract import Card, Models
from rung.strategies.wordings import VERSION, Reworded, own_lines, wordings_for
from rung.task.example import Example, content_hash
from rung.task.protocols import Generator, Predictor

QUESTIONS: tuple[str, ...] = ("context", "wordings", "capacity", "robustness")
"""The parts of a `Diagnosis` that need arms, in the order in which they are asked."""
ARM_ITEMS = 100
"""Enough to see a difference of about 13 points between two arms that disagree on a quarter of the items."""
WORDING_ITEMS = 60
"""Fewer, because there are several wordings."""
CHANGE_ITEMS = 40
OUT_OF_SCOPE_ITEMS = 40
CONTEXT_VERSION = 1
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
    bench = _Bench(project, card, run)
    asked: Mapping[str, Callable[[_Bench], None]] = {
        "context": _context,
        "wordings": _wordings,
        "capacity": _capacity,
        "robustness": _robustness,
    }
    for question in QUESTIONS:
        if question in wanted:
            asked[question](bench)
    return Arms(bench.runs, bench.absent)


class _Bench:
    """The strategy under diagnosis, its sample, and the arms so far."""

    def __init__(self, project: Project, card: Card, run: Run) -> None:
        self.project = project
        self.card = card
        self.run = run
        self.runs: dict[str, Run] = {}
        self.absent: dict[str, str] = {}
        self.kind = project.task.kind
        self.needs = frozenset(card.needs_for(self.kind))
        self.sample = arm_sample((row.example for row in run.rows), most=ARM_ITEMS, seed=project.task.seed)
        self._broken: dict[str, str] = {}

    @property
    def prompted(self) -> bool:
        """Whether the strategy asks a pre-trained model as it is."""
        return "generator" in self.needs and not self.card.updates_weights

    @property
    def retrieves(self) -> bool:
        return "corpus" in self.needs or retrieves(self.run.rows)

    def smaller(self, most: int) -> tuple[Example, ...]:
        """A part of the sample."""
        return arm_sample(self.sample, most=most, seed=self.project.task.seed)

    def changed(
        self,
        name: str,
        items: Sequence[Example],
        *,
        change: Mapping[str, Any] | None,
        models: Models,
        around: Callable[[Predictor], Predictor] = lambda predictor: predictor,
    ) -> None:
        """Asks the strategy with one thing changed."""
        self.put(
            name,
            lambda: self.project.ladder.ask_changed(
                self.card, items, "dev", what=f"asking: {name}", change=change, models=models, around=around
            ),
            models.generator,
        )

    def put(self, name: str, ask: Callable[[], Run], generator: Generator | None) -> None:
        """The run that `ask` makes, or why there is none. A model server that failed is not tried again."""
        model = generator.identity if generator is not None else ""
        if model in self._broken:
            self.absent[name] = self._broken[model]
            return
        try:
            run = ask()
        except EndpointFailed as error:
            self.absent[name] = self._broken[model] = str(error)
            self.project.observer.note(f"{self.card.name}, {name}: {error}")
            return
        except (ModelUnavailable, MissingExtra, TrainingFailed) as error:
            self.absent[name] = str(error)
            self.project.observer.note(f"{self.card.name}, {name}: {error}")
            return
        if not run.rows:
            self.absent[name] = "none of its answers could be judged"
            return
        self.runs[name] = run
        right = sum(row.success for row in run.rows)
        self.project.observer.finished(self.card.name, f"{name}: {right} of {len(run.rows)} right")


def _context(bench: _Bench) -> None:
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


def _no_passages(bench: _Bench) -> str:
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
    bench: _Bench, name: str, items: Sequence[Example], shown: Shown | None, change: Mapping[str, Any]
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


def _wordings(bench: _Bench) -> None:
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


def _capacity(bench: _Bench) -> None:
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


def _larger(bench: _Bench) -> None:
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
    # Nothing but the model is different, so its answers are those that the strategy would give with it.
    bench.changed(LARGER_MODEL, bench.sample, change=None, models=models)


def _robustness(bench: _Bench) -> None:
    """D9: changed inputs, and requests that belong nowhere."""
    project = bench.project
    generator = project.models.generator if "generator" in bench.needs else None
    for change in CHANGES:
        items = _variants(bench, change)
        if items:
            name = CHANGE + change
            bench.put(name, partial(_more, bench, items, name), generator)
    if bench.kind == "generate":
        bench.absent[OUT_OF_SCOPE] = "a task of kind generate has no answer that refuses"
        return
    requests = _requests_outside(bench)
    if not requests:
        bench.absent[OUT_OF_SCOPE] = "no request could be made that lies outside this task"
        return
    scorer = RefusalScorer(bench.kind, project.task.out_of_scope)
    bench.put(OUT_OF_SCOPE, partial(_more, bench, requests, OUT_OF_SCOPE, scorer), generator)


def _more(bench: _Bench, items: Sequence[Example], name: str, scorer: Scorer | None = None) -> Run:
    return bench.project.ladder.ask_more(bench.card, items, "dev", what=f"asking: {name}", scorer=scorer)


def _variants(bench: _Bench, change: str) -> list[Example]:
    """Changed inputs of sampled originals, at most `CHANGE_ITEMS` with the variants that the run itself has."""
    project = bench.project
    had = {row.example.derived_from for row in bench.run.rows if row.example.derivation == change}
    titles = titles_of(project.train.corpus, bench.kind)
    found: list[Example] = []
    for example in bench.sample:
        if len(found) >= CHANGE_ITEMS - len(had):
            break
        variant = None
        if example.id not in had:
            variant = changed(
                example,
                change,
                seed=project.task.seed,
                task_kind=bench.kind,
                labels=project.train.labels,
                titles=titles,
            )
        if variant is not None:
            found.append(variant)
    if not found and not had:
        bench.absent[CHANGE + change] = "none of the sampled items can be changed so"
    return found


def _requests_outside(bench: _Bench) -> list[Example]:
    """Requests that no part of the data holds, at most `OUT_OF_SCOPE_ITEMS` with those of the run itself."""
    project = bench.project
    split, label = project.split, project.task.out_of_scope
    held = {example.input for part in (split.train, split.dev, split.sealed) for example in part}
    had = sum(row.example.derivation == OUTSIDE for row in bench.run.rows)
    inside = [example for example in (*split.train, *split.dev) if example.derivation != OUTSIDE]
    made = out_of_scope_requests(
        inside, count=OUT_OF_SCOPE_ITEMS + len(held), seed=project.task.seed, corpus=project.train.corpus
    )
    new = [replace(request, expected=label or "") for request in made if request.input not in held]
    return new[: max(0, OUT_OF_SCOPE_ITEMS - had)]
