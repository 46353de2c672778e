from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rung.adapters.clock import SystemClock
from rung.adapters.openai import OpenAIGenerator
from rung.adapters.store import SqlStore
from rung.economics import SharedFacts, annual_costs, cost_case, simulate
from rung.estimate import Estimate, Figure, Missing
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.run import Latency, Row, Run, Timed
from rung.pipeline.ladder import Ladder, metered_usd_per_request
from rung.pipeline.observer import Silent
from rung.strategies.contract import Card, Models, TrainData
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Constraints, DataPaths, EndpointChoice, Flow, ModelChoices, Prices, Task

PROMPT = Card("zero-shot", "Prompt", "pretrained", 10, False, ("prompt",), ("generator",), (1.0, 2.0, 3.0), "a prompt")


def run_of(*costs_usd: float | None) -> Run:
    rows = tuple(
        Row(Example(str(n), f"text {n}", "a", f"g{n}"), Prediction("a", cost_usd=cost), success=True)
        for n, cost in enumerate(costs_usd)
    )
    return Run("run", "zero-shot", "dev", rows, None, None, 0)


def test_the_cost_of_a_call_is_the_mean_over_the_rows() -> None:
    found = metered_usd_per_request(run_of(0.001, 0.002, 0.003))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(0.002)
    # s / sqrt(n) = .001 / sqrt(3), and Student's t at 0.95 with 2 degrees of freedom is 2.920.
    assert found.high == pytest.approx(0.002 + 2.920 * 0.001 / 3**0.5, rel=1e-3)


@pytest.mark.parametrize("costs", [(0.001, None, 0.003), (None, None)])
def test_calls_of_unknown_cost_are_unknown_and_never_free(costs: tuple[float | None, ...]) -> None:
    assert isinstance(metered_usd_per_request(run_of(*costs)), Missing)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore(tmp_path / "rung.db") as opened:
        yield opened


def costs_of(base_url: str, model: str, run: Run, store: SqlStore, directory: Path) -> tuple[Figure, ...]:
    """(cost per success, cost of a call, a year's total, its 90th percentile) with every other price known."""
    task = Task(
        name="t",
        kind="classify",
        directory=directory,
        data=DataPaths(directory / "e.jsonl"),
        flows=(Flow("web", 40_000, 1.2, 3.0, 0.5, 0.1),),
        constraints=Constraints(audit="standard"),
        prices=Prices(30.0, 0.1),
        models=ModelChoices(EndpointChoice(base_url, model)),
    )
    latency = Latency(tuple(Timed(100.0, f"i{n}", f"g{n}") for n in range(100)), "m", "2026-01-01T00:00:00Z")
    run = replace(run, latency=latency)
    ladder = Ladder(
        TrainData(task, [], [], ("a",)),
        Models(OpenAIGenerator(base_url, model), None, None),
        scorer=LabelScorer(),
        store=store,
        directory=directory,
        machine="m",
        clock=SystemClock(),
        observer=Silent(),
        costs=SharedFacts(eval_items=200),
    )
    judged = ladder.judged(PROMPT, run)
    call = ladder.calls_usd_per_request(PROMPT, run)
    facts = ladder.cost_facts(PROMPT, run, judged.metrics)
    year = annual_costs(simulate(cost_case(task, [facts], ladder.costs)))[PROMPT.name]
    per_success = judged.metrics.overall["cost_per_success_usd"]
    return per_success, call or Missing("priced by the machine"), year.total_usd, year.p90_usd


def test_a_hosted_model_without_a_price_is_unknown_everywhere_and_named(store: SqlStore, tmp_path: Path) -> None:
    found = costs_of("https://models.example.com/v1", "house-model", run_of(None, None, None), store, tmp_path)
    assert all(isinstance(figure, Missing) for figure in found)
    for figure in found[:2]:
        assert isinstance(figure, Missing)
        assert "house-model at https://models.example.com/v1" in figure.because
        assert "genai-prices" in figure.because
        assert "a server on this machine" in figure.remedy


@pytest.mark.parametrize(
    ("base_url", "model", "costs"),
    [
        ("http://127.0.0.1:8080/v1", "house-model", (None, None, None)),
        ("https://api.openai.com/v1", "gpt-4o-mini", (0.001, 0.002, 0.003)),
    ],
)
def test_a_local_server_and_a_priced_model_have_their_costs(
    store: SqlStore, tmp_path: Path, base_url: str, model: str, costs: tuple[float | None, ...]
) -> None:
    per_success, _, total, p90 = costs_of(base_url, model, run_of(*costs), store, tmp_path)
    assert all(isinstance(figure, Estimate) for figure in (per_success, total, p90))
