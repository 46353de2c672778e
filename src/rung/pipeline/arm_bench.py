"""The strategy under diagnosis, the items that its arms are asked about, and the arms so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rung.diagnose.owner import retrieves
from rung.errors import EndpointFailed, MissingExtra, ModelUnavailable, TrainingFailed
from rung.evaluate.run import Run
from rung.pipeline.arm_sample import arm_sample
from rung.pipeline.project import Project
from rung.strategies.contract import Card, Models
from rung.task.example import Example
from rung.task.protocols import Generator, Predictor

ARM_ITEMS = 100
"""Enough to see a difference of about 13 points between two arms that disagree on a quarter of the items."""


class Bench:
    """`runs` and `absent` are those of `Arms`; `sample` is the same for all arms."""

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
