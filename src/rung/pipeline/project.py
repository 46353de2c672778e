"""A project opened for work: its task, evidence, store, models and ladder, behind one lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rung.adapters.clock import SystemClock
from rung.adapters.lock import project_lock
from rung.adapters.machine import describe_machine
from rung.decide.decision import EvidenceSummary
from rung.decide.evidence import DataFacts, Production
from rung.evaluate.latency import Clock
from rung.evaluate.store import RunStore
from rung.evidence.prepare import Evidence, prepare_evidence
from rung.evidence.readiness.agreement import agreement
from rung.evidence.readiness.crossing import crossing
from rung.evidence.readiness.leak_findings import repeated_share
from rung.evidence.readiness.readiness import originals_of
from rung.evidence.split import Split
from rung.pipeline.baseline import production_of, with_log
from rung.pipeline.cost_facts import shared_facts
from rung.pipeline.judge import scorer_of
from rung.pipeline.ladder import Ladder
from rung.pipeline.models import models_for
from rung.pipeline.observer import Observer
from rung.pipeline.readiness import label_noise_of
from rung.pipeline.state import STATE
from rung.strategies.contract import Card, Models, TrainData
from rung.strategies.registry import all_cards, load_strategy
from rung.task.file import read_task
from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the stages need, in one value. `cards` is the whole ladder, lightest first; `wanted` the names to
    measure: the team's list (or all of them), and what runs today. `production`, with `current: traces`, is what the
    log shows of it."""

    task: Task
    evidence: Evidence
    store: RunStore
    models: Models
    train: TrainData
    ladder: Ladder
    cards: tuple[Card, ...]
    wanted: frozenset[str]
    directory: Path
    machine: str
    clock: Clock
    observer: Observer
    production: Production | None = None

    @property
    def split(self) -> Split:
        """Train, dev and sealed."""
        return self.evidence.split

    @property
    def summary(self) -> EvidenceSummary:
        """The data under the decision, as the record shows it."""
        return summary_of(self.evidence)

    @property
    def facts(self) -> DataFacts:
        """What the data-readiness score reads. The label noise is estimated once for the same data and then kept."""
        profile, task = self.evidence.profile, self.task
        originals = originals_of(self.evidence)
        agreed = agreement(originals, self.evidence.annotations, self.evidence.labels, seed=task.seed)
        return DataFacts(
            train_items=profile.items["train"],
            smallest_label_items=profile.fewest_per_label,
            conflict_share=profile.conflict_share,
            sealed_items=profile.items["sealed"],
            label_noise=label_noise_of(task.directory, self.evidence, task),
            agreement=agreed.alpha,
            leak_share=repeated_share(crossing(self.evidence.split)),
        )


def summary_of(evidence: Evidence) -> EvidenceSummary:
    """Counts, hashes and notes of the evidence."""
    profile = evidence.profile
    return EvidenceSummary(
        items=profile.items,
        segments=profile.segments,
        groups=profile.groups,
        labels=evidence.labels,
        corpus_entries=profile.corpus_entries,
        data_hash=evidence.data_hash,
        split_hash=evidence.split.split_hash,
        notes=profile.notes,
    )


@contextmanager
def opened(task_file: Path, observer: Observer, *, also: Sequence[str] = ()) -> Iterator[Project]:
    """The project of a rung.yaml, locked against a second rung until the block ends.

    `also` names strategies to measure beyond those that rung.yaml lists. Raises what reading the task or its data
    raises, `UsageError` for an unknown strategy, and `StoreBusy` when another rung keeps the project.
    """
    from rung.adapters.store import SqlStore

    task = read_task(task_file)
    production = production_of(task_file, observer) if task.current_traces else None
    clock = SystemClock()
    directory = task.directory / STATE
    cards = tuple(all_cards())
    for name in (*(task.strategies or ()), *also, *([task.current] if task.current else [])):
        load_strategy(name)
    with (
        project_lock(directory, now=clock.now, say=observer.note),
        SqlStore(directory / "rung.db") as store,
    ):
        observer.stage("evidence", task.data.examples.name if task.data.examples else task.name)
        evidence = prepare_evidence(task)
        models = models_for(task)
        train = TrainData(task, evidence.split.train, evidence.corpus, evidence.labels)
        machine = describe_machine()
        volume = None if production is None else production.requests_per_month
        ladder = Ladder(
            train,
            models,
            scorer=scorer_of(task, evidence.corpus, store),
            human=evidence.human,
            store=store,
            directory=directory,
            machine=machine,
            clock=clock,
            observer=observer,
            costs=with_log(shared_facts(task, evidence, volume, clock.now()), task),
        )
        wanted = frozenset(task.strategies or (card.name for card in cards)) | set(also)
        if task.current is not None:
            wanted |= {task.current}
        yield Project(
            task,
            evidence,
            store,
            models,
            train,
            ladder,
            cards,
            wanted,
            directory,
            machine,
            clock,
            observer,
            production,
        )
