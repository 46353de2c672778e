"""The contract of every rung of the ladder, ours and a third party's alike.

A strategy is a class registered under the entry-point group `rung.strategies`. `fit` may train, or merely
build a prompt; either way it returns a `Predictor`. `tests/contracts/test_strategy.py` runs on each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from rung.learning.base import TrainableBase
from rung.task.example import CorpusEntry, Example
from rung.task.protocols import Encoder, Generator, Predictor, WordEncoder
from rung.task.task import Kind, Task

Family = Literal["pretrained", "fine_tuned", "from_scratch", "classical"]
Need = Literal["generator", "encoder", "words", "base", "corpus", "labelled_corpus", "train_labels"]
Duty = Literal[
    "prompt",
    "shots",
    "corpus",
    "index",
    "label_set",
    "features",
    "head",
    "adapter",
    "weights",
    "tokenizer",
    "pretraining_data",
    "architecture",
]
"""What a team must own and keep alive with a strategy; the pressure profile counts these."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is true of a strategy before it is tried.

    `rank` orders the ladder, lightest first (docs/concepts/ladder.md). `updates_weights` is True when labels
    change any weight, a linear head included. `owns` lists what the team must keep alive. `integration_weeks`
    is (low, mode, high) of the assumed effort to put it into production, labelling and fitting apart. `kinds` are
    the kinds of task that it can be tried on; `multi_label`: classify with any number of labels an item, too.
    `also_needs` pairs a kind with what is needed for it beyond `needs`.
    """

    name: str
    title: str
    family: Family
    rank: int
    updates_weights: bool
    owns: tuple[Duty, ...]
    needs: tuple[Need, ...]
    integration_weeks: tuple[float, float, float]
    because: str
    kinds: tuple[Kind, ...] = ("classify",)
    multi_label: bool = False
    also_needs: tuple[tuple[Kind, Need], ...] = ()

    def needs_for(self, kind: Kind) -> tuple[Need, ...]:
        """Everything that the strategy needs on tasks of this kind."""
        return (*self.needs, *(need for of, need in self.also_needs if of == kind))


@dataclass(frozen=True, slots=True)
class Models:
    """The models a strategy may use; each loads at its first call. None: not available here, `why` says why."""

    generator: Generator | None
    encoder: Encoder | None
    base: TrainableBase | None
    why: str = ""
    words: WordEncoder | None = None


@dataclass(frozen=True, slots=True)
class TrainData:
    """Everything a strategy may learn from. `labels` is the task's closed set, sorted; empty for kinds without one."""

    task: Task
    examples: Sequence[Example]
    corpus: Sequence[CorpusEntry]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """A bound on the work of one fit, in tokens passed through a trained neural model (not in seconds: a fit
    must not depend on how busy the machine was)."""

    train_tokens: int = 400_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a fit keeps what it must not lose: a directory of its own, already there, kept after success.

    `report` takes (done, total, what) for the live display; both counts in the fit's own steps.
    """

    directory: Path
    report: ProgressReport


class ProgressReport(Protocol):
    """Called by long work to say how far it is."""

    def __call__(self, done: int, total: int, what: str) -> None: ...


class Strategy(Protocol):
    """One way of reaching the task. Construct with the models, then `fit`."""

    card: ClassVar[Card]

    def __init__(self, models: Models) -> None: ...

    def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
        """Everything that `fit` depends on beyond data, models' identities and seed: prompt text, version,
        hyper-parameters. JSON values only; hashed into the cache key. Loads no model."""

    def fit(self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint) -> Predictor:
        """A ready predictor. Resumes from `checkpoint.directory` after a kill, repeating no saved step."""
