from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rung.adapters.store import SqlStore
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.run import Run
from rung.pipeline import ladder as ladder_module
from rung.pipeline.fit_time import FitTime
from rung.pipeline.ladder import Ladder
from rung.pipeline.observer import Silent
from rung.strategies.contract import Budget, Card, Checkpoint, Models, TrainData
from rung.task.example import Example
from rung.task.protocols import Prediction, Predictor
from rung.task.task import DataPaths, Task

ITEMS = [Example(str(number), f"text {number}", "a", f"g{number}") for number in range(3)]
CARD = Card("slow", "Slow", "fine_tuned", 50, True, (), ("train_labels",), (1.0, 2.0, 3.0), "for the test")


class Hand:
    """A clock that goes on when told."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> str:
        return "2026-01-01T00:00:00.000+00:00"

    def seconds(self) -> float:
        return self.at


class Says:
    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        return [Prediction("a") for _ in inputs]


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def run(tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Runs a strategy whose fit takes `seconds`, as a process of its own would, over items not asked before."""
    task = Task(name="t", kind="classify", directory=tmp_path, data=DataPaths(tmp_path / "e.jsonl"))
    asked = iter(range(100))

    def once(seconds: float, then: type[BaseException] | None = None) -> Run:
        class Slow:
            card = CARD

            def __init__(self, models: Models) -> None: ...

            def settings(self, train: TrainData, *, budget: Budget) -> dict[str, Any]:
                return {}

            def fit(
                self, train: TrainData, *, budget: Budget, rng: np.random.Generator, checkpoint: Checkpoint
            ) -> Predictor:
                clock.at += seconds
                if then is not None:
                    raise then
                (checkpoint.directory / "weights").write_text("done")
                return Says()

        monkeypatch.setattr(ladder_module, "load_strategy", lambda name: Slow)
        number = next(asked)
        items = [replace(one, input=f"{one.input}, asked {number}") for one in ITEMS]
        with SqlStore(tmp_path / "rung.db") as store:
            ladder = Ladder(
                TrainData(task, ITEMS, [], ("a",)),
                Models(None, None, None),
                scorer=LabelScorer(),
                store=store,
                directory=tmp_path,
                machine="m",
                clock=clock,
                observer=Silent(),
            )
            return ladder.measure(CARD, items, "dev")

    return once


def test_the_interrupted_parts_of_a_fit_count(run: Callable[..., Run]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(40.0, KeyboardInterrupt)
    assert run(2.5).fit_seconds == 42.5


def test_loading_a_finished_fit_changes_nothing_even_where_the_store_was_lost(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    assert run(30.0).fit_seconds == 30.0
    assert run(0.5).fit_seconds == 30.0
    for file in tmp_path.glob("rung.db*"):
        file.unlink()
    assert run(0.5).fit_seconds == 30.0


def test_a_fit_that_was_there_without_its_time_stays_without(run: Callable[..., Run], tmp_path: Path) -> None:
    run(30.0)
    next(tmp_path.glob("fits/*/fit_seconds.json")).unlink()
    for file in tmp_path.glob("rung.db*"):
        file.unlink()
    assert run(0.5).fit_seconds is None


def test_a_killed_fit_is_counted_up_to_its_last_progress(tmp_path: Path, clock: Hand) -> None:
    killed = FitTime(tmp_path, clock)
    inside = killed.counting()
    inside.__enter__()
    (tmp_path / "step-1").mkdir()
    clock.at += 60.0
    killed.tick()
    clock.at += 1.0
    killed.tick()  # too soon after the last one to be kept
    after = FitTime(tmp_path, clock)
    assert after.seconds is None
    with after.counting():
        clock.at += 5.0
    assert FitTime(tmp_path, clock).seconds == 65.0
