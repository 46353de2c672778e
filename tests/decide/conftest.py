"""Builders for small, planted evidence: every value is made up for a test and chosen so that its verdict is plain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from rung.decide.decision import EvidenceSummary, SealedOpening
from rung.decide.evidence import DataFacts, DevEvidence, SealedEvidence, StrategyEvidence
from rung.diagnose.diagnosis import Diagnosis, Slice
from rung.diagnose.owner import Owner
from rung.economics.costs import AnnualCost, LineItem
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evaluate.run import Comparison, Metrics
from rung.strategies.contract import Card, Duty, Family
from rung.task.task import (
    Constraints,
    DataPaths,
    Flow,
    Lifecycle,
    Metric,
    Moat,
    Policy,
    Prices,
    Segment,
    Target,
    Task,
    Team,
)

OWNS: dict[Family, tuple[Duty, ...]] = {
    "pretrained": ("prompt",),
    "classical": ("features", "head", "label_set"),
    "fine_tuned": ("prompt", "adapter", "label_set"),
    "from_scratch": ("tokenizer", "architecture", "weights", "pretraining_data", "label_set"),
}


def wilson(share: float, n: int) -> tuple[float, float]:
    """Textbook Wilson interval at z = 1.645, written out here so that tests do not lean on rung's own."""
    z = 1.6448536269514722
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def share(value: float, n: int = 400, provenance: Provenance = Provenance.MEASURED) -> Estimate:
    low, high = wilson(value, n)
    return Estimate(value, min(low, value), max(high, value), "share", n, provenance, "run planted, dev")


def card(name: str, family: Family = "pretrained", rank: int = 10) -> Card:
    return Card(
        name=name,
        title=name,
        family=family,
        rank=rank,
        updates_weights=family != "pretrained",
        owns=OWNS[family],
        needs=("train_labels",) if family != "pretrained" else ("generator",),
        integration_weeks=(1.0, 2.0, 4.0),
        because="planted",
    )


def year(name: str, usd: float = 20_000.0) -> AnnualCost:
    total = Estimate(usd, usd * 0.8, usd * 1.3, "USD", None, Provenance.ASSUMED, "planted")
    p90 = exact(usd * 1.25, "USD", Provenance.ASSUMED, "planted")
    return AnnualCost(name, 12.0, (LineItem("everything", total, "planted"),), total, p90, 1, (), (usd, usd * 1.1))


def four(
    success: float,
    n: int = 400,
    *,
    p95_ms: float = 100.0,
    usd: float = 0.1,
    segments: Mapping[str, float] | None = None,
) -> Metrics:
    """Metrics whose success has the Wilson interval of n items, in all and by segment (a third of the items each)."""
    overall: dict[Metric, Figure] = {
        "task_success": share(success, n),
        "correction_rate": share(max(0.0, min(1.0, (1 - success) * 0.5)), n, Provenance.MODELLED),
        "latency_p95_ms": Estimate(p95_ms, p95_ms * 0.9, p95_ms * 1.1, "ms", 100, Provenance.MEASURED, "planted"),
        "cost_per_success_usd": Estimate(usd, usd * 0.9, usd * 1.1, "USD", n, Provenance.ASSUMED, "planted"),
    }
    by = segments if segments is not None else dict.fromkeys(("routine", "edge", "adversarial"), success)
    parts: dict[str, dict[Metric, Figure]] = {
        name: {"task_success": share(v, max(n // 3, 1))} for name, v in by.items()
    }
    return Metrics(overall, parts, {})


def evidence(
    name: str, success: float | None = 0.9, family: Family = "pretrained", rank: int = 10, n: int = 400, **changes: Any
) -> StrategyEvidence:
    base = StrategyEvidence(
        card=card(name, family, rank),
        metrics=None if success is None else four(success, n),
        cost=year(name),
        weeks_to_launch=Estimate(4.0, 3.0, 5.0, "weeks", None, Provenance.ASSUMED, "planted"),
        hosted=False,
        weights="none" if family in ("classical", "from_scratch") else "open",
        run_id=f"run-{name}",
        fit_seconds=10.0,
        not_run="" if success is not None else "not_runnable",
        not_run_because="" if success is not None else "there is no corpus",
    )
    return replace(base, **changes)


def comparison(
    challenger: str,
    baseline: str,
    difference: float,
    half: float,
    by_segment: Mapping[str, tuple[float, float]] | None = None,
) -> Comparison:
    """A paired difference with a symmetric interval of the given half width, in all and by segment."""
    parts = by_segment or {}

    def figure(value: float, width: float) -> Estimate:
        return Estimate(value, value - width, value + width, "share", 100, Provenance.MEASURED, "planted")

    return Comparison(
        challenger,
        baseline,
        figure(difference, half),
        0.5,
        10,
        8,
        900,
        {name: figure(value, width) for name, (value, width) in parts.items()},
        dict.fromkeys(parts, 0.5),
    )


def diagnosis(
    strategy: str, owed: Mapping[Owner, float] | None = None, concentrated: tuple[float, float] = (0.9, 0.8)
) -> Diagnosis:
    shares = owed or {"model": 0.8, "retrieval": 0.1, "orchestration": 0.05, "data_hygiene": 0.05}
    slices = tuple(Slice("label", f"label-{i}", 40, 30 if i == 0 else 2, share(0.5, 40)) for i in range(5))
    value, low = concentrated
    return Diagnosis(
        strategy,
        200,
        38,
        slices,
        (),
        {owner: share(value, 38) for owner, value in shares.items()},
        Missing("it retrieves nothing"),
        Estimate(value, low, min(1.0, value + 0.05), "share", 38, Provenance.ASSUMED, "planted"),
        ("planted",),
    )


def task(**changes: Any) -> Task:
    """A task whose every guardrail on weight updates is satisfied and whose failures are dear enough for a pilot."""
    base = Task(
        name="planted",
        kind="classify",
        directory=Path(),
        data=DataPaths(Path("examples.jsonl")),
        current="prompt",
        requirements="stable",
        flows=(Flow("web", 40_000, 2.0, 4.0, 0.6, 0.02),),
        targets=(Target("task_success", minimum=0.8),),
        constraints=Constraints(audit="standard", weights="any", launch_weeks=26),
        team=Team(2, 1, 36),
        moat=Moat(0, exclusive=False),
        lifecycle=Lifecycle(8_000, 90, "docs/rollback.md"),
        policies=(Policy("no-empty", ".", must_match=True),),
        prices=Prices(30, 0.1),
        seed=7,
    )
    return replace(base, **changes)


def summary(**changes: Any) -> EvidenceSummary:
    base = EvidenceSummary(
        items={"train": 1200, "dev": 400, "sealed": 400},
        segments={"dev": {"routine": 200, "edge": 100, "adversarial": 100}},
        groups={"train": 1200, "dev": 400, "sealed": 400},
        labels=("a", "b", "c"),
        corpus_entries=0,
        data_hash="d" * 64,
        split_hash="s" * 64,
        notes=("Edge items were derived.",),
    )
    return replace(base, **changes)


@dataclass(frozen=True)
class Gate:
    """A lock as the failure analysis hands it over."""

    name: str
    locked: bool
    because: str


def dev(*strategies: StrategyEvidence, of: Task | None = None, **changes: Any) -> DevEvidence:
    base = DevEvidence(
        task=of or task(),
        strategies=strategies,
        diagnoses=tuple(
            diagnosis(one.card.name) for one in strategies if one.card.family == "pretrained" and one.metrics
        ),
        gates=(),
        summary=summary(),
        data=DataFacts(1200, 300, 0.0, 400),
        models={"generator": "planted-model"},
        machine="planted machine",
        made_at="2026-01-01T00:00:00Z",
        stronger_model_measured=True,
    )
    return replace(base, **changes)


def opening(*, exploratory: bool = False) -> SealedOpening:
    return SealedOpening(1, exploratory, "targets changed after the first opening" if exploratory else "first opening")


def sealed(candidate: str, success: float = 0.9, n: int = 400, **changes: Any) -> SealedEvidence:
    return replace(SealedEvidence(candidate, four(success, n), f"sealed-{candidate}", opening()), **changes)


@pytest.fixture
def build() -> Builders:
    """The builders of this file, for tests that cannot import it."""
    return Builders()


@dataclass(frozen=True)
class Builders:
    """All builders under one name."""

    share: Callable[..., Estimate] = field(default=share)
    card: Callable[..., Card] = field(default=card)
    year: Callable[..., AnnualCost] = field(default=year)
    four: Callable[..., Metrics] = field(default=four)
    evidence: Callable[..., StrategyEvidence] = field(default=evidence)
    comparison: Callable[..., Comparison] = field(default=comparison)
    diagnosis: Callable[..., Diagnosis] = field(default=diagnosis)
    task: Callable[..., Task] = field(default=task)
    summary: Callable[..., EvidenceSummary] = field(default=summary)
    gate: Callable[..., Gate] = field(default=Gate)
    dev: Callable[..., DevEvidence] = field(default=dev)
    opening: Callable[..., SealedOpening] = field(default=opening)
    sealed: Callable[..., SealedEvidence] = field(default=sealed)
    segments: tuple[Segment, ...] = ("routine", "edge", "adversarial")
