"""The price of every strategy, from rung.yaml to the evidence of a decision."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rung.decide.evidence import DevEvidence
from rung.errors import InvalidTask
from rung.estimate import Estimate, Missing, Provenance
from rung.pipeline import decide
from rung.pipeline.ingest import ingest
from rung.pipeline.observer import Silent
from rung.pipeline.project import opened
from rung.pipeline.weigh import weigh
from rung.strategies.tfidf_linear.strategy import TfidfLinear

WORDS = {"billing": ("invoice", "refund", "payment"), "login": ("password", "username", "passcode")}
YAML = """
task: {name: t, kind: classify}
data: {examples: examples.jsonl}
flows:
  - {name: web, requests_per_month: 40000, value_usd: 1.2, correction_minutes: 3, corrected_share_of_failures: 0.5,
     edited_share_of_successes: 0.1}
constraints: {audit: standard}
lifecycle: {annotation_usd: 8000, retrain_every_days: 90}
prices: {wage_usd_per_hour: 30, machine_usd_per_hour: 0.1, source: quote, as_of: '2026-10-01'}
strategies: [tfidf-linear]
"""


@pytest.fixture
def task_file(tmp_path: Path) -> Path:
    rows = [
        {"input": f"The {words[n % 3]} {n * 37} is wrong", "expected": label, "group": f"{label}{n}", "flow": "web"}
        for label, words in WORDS.items()
        for n in range(30)
    ]  # fmt: skip
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "rung.yaml").write_text(YAML, encoding="utf-8")
    return tmp_path / "rung.yaml"


def stated(task_file: Path, text: str) -> Path:
    task_file.write_text(YAML + text, encoding="utf-8")
    return task_file


def weighed(task_file: Path) -> DevEvidence:
    with opened(task_file, Silent()) as project:
        return weigh(project)


def test_one_simulation_prices_every_strategy_and_the_metric_rests_on_the_same_lines(task_file: Path) -> None:
    found = weighed(stated(task_file, "economics: {months: 6}\ndrivers: {peak_factor: 3}\n"))
    assert found.simulation is not None
    assert set(found.simulation.strategies) == {one.card.name for one in found.strategies}
    assert found.simulation.case.driver("peak_factor").source == "drivers.peak_factor of rung.yaml"
    one = found.named("tfidf-linear")
    assert one is not None
    assert one.cost is not None
    assert one.metrics is not None
    assert one.cost.months == 6
    assert one.cost.draws_usd == pytest.approx(found.simulation.strategies["tfidf-linear"].total_usd)
    year, metric = one.cost.cost_per_success_usd, one.metrics.overall["cost_per_success_usd"]
    assert isinstance(year, Estimate)
    assert isinstance(metric, Estimate)
    # The same lines over the same outcomes. The few items are all right; the year also draws that fewer may be.
    assert year.low is not None
    assert year.high is not None
    assert year.low <= metric.value <= year.high
    other = found.named("lora")
    assert other is not None
    assert other.cost is not None
    assert isinstance(other.cost.total_usd, Missing)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drivers: {peak_faktor: 3}", "drivers.peak_faktor: there is no such driver; nearest: peak_factor"),
        ("drivers: {wage_usd_per_hour: {low: 20, mode: 25, high: 30, unit: EUR/hour}}", "currency mix"),
        ("correlations: [{drivers: [peak_factor, wage], rank: 0.5}]", "correlations: wage: there is no such driver"),
        ("drivers: {requests_per_month: 0}", "without requests there is nothing to price"),
    ],
)
def test_what_is_stated_wrongly_is_said_before_anything_is_fitted(
    task_file: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    def fitted(*_: Any, **__: Any) -> None:
        raise AssertionError("it was fitted before rung.yaml was checked")

    monkeypatch.setattr(TfidfLinear, "fit", fitted)
    with pytest.raises(InvalidTask) as caught:
        decide(stated(task_file, text + "\n"))
    assert said in str(caught.value)


def test_a_log_that_was_taken_in_tells_the_volume(task_file: Path) -> None:
    start = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
    log = [
        {"id": f"r{n}", "timestamp": (start + timedelta(minutes=30 * n)).isoformat(), "input": "a", "output": "b",
         "flow": "web"}
        for n in range(40 * 48)
    ]  # fmt: skip
    path = task_file.parent / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in log), encoding="utf-8")
    task_file.write_text(YAML.replace("40000", "1500"), encoding="utf-8")
    ingest(task_file, [str(path)], observer=Silent())
    with opened(task_file, Silent()) as project:
        found = project.ladder.costs.requests_per_month
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(48 * 365 / 12, rel=0.01)
    assert found.provenance is Provenance.VALIDATED
