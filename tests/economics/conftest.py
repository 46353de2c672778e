"""A priced task and the facts of a strategy, planted so that costs can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from rung.estimate import Estimate, Missing, Provenance
from rung.evaluate.run import Latency, Metrics, Timed
from rung.strategies.contract import Card, Family
from rung.task.task import Constraints, DataPaths, Flow, Lifecycle, Prices, Task


def task(**changes: Any) -> Task:
    base = Task(
        name="planted",
        kind="classify",
        directory=Path(),
        data=DataPaths(Path("examples.jsonl")),
        flows=(Flow("web", 40_000, 1.2, 3.0, 0.5, 0.1),),
        constraints=Constraints(audit="standard"),
        lifecycle=Lifecycle(8_000, 90, "docs/rollback.md"),
        prices=Prices(30.0, 0.1),
        seed=3,
    )
    return replace(base, **changes)


def card(name: str = "prompt", family: Family = "pretrained", **changes: Any) -> Card:
    updates = family != "pretrained"
    base = Card(
        name=name,
        title=name,
        family=family,
        rank=10,
        updates_weights=updates,
        owns=("prompt",),
        needs=("train_labels",) if updates else ("generator",),
        integration_weeks=(1.0, 2.0, 4.0),
        because="planted",
    )
    return replace(base, **changes)


def latency(milliseconds: float = 100.0, count: int = 100) -> Latency:
    return Latency(
        tuple(Timed(milliseconds, f"i{number}", f"g{number}") for number in range(count)),
        "planted machine",
        "2026-01-01T00:00:00Z",
    )


def metrics(success: float | None = 0.8) -> Metrics:
    figure = (
        Missing("not run")
        if success is None
        else Estimate(success, success - 0.05, min(success + 0.05, 1.0), "share", 200, Provenance.MEASURED, "planted")
    )
    return Metrics({"task_success": figure}, {}, {})


@dataclass(frozen=True)
class Planted:
    """All builders under one name."""

    task: Callable[..., Task] = field(default=task)
    card: Callable[..., Card] = field(default=card)
    latency: Callable[..., Latency] = field(default=latency)
    metrics: Callable[..., Metrics] = field(default=metrics)


@pytest.fixture
def planted() -> Planted:
    """The builders of this file, for tests that cannot import it."""
    return Planted()
