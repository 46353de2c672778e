from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from rung.errors import InvalidData
from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.evaluate.metrics import latency_p95, metrics, task_success
from rung.evaluate.run import Latency, Row, Timed
from rung.stats import clustered_wilson
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import METRICS, Constraints, DataPaths, Flow, Prices, Segment, Task

WEB = Flow(
    "web",
    requests_per_month=40_000,
    correction_minutes=4,
    corrected_share_of_failures=0.6,
    edited_share_of_successes=0.02,
)
TASK = Task(
    "tickets",
    "classify",
    Path(),
    DataPaths(Path("examples.jsonl")),
    flows=(WEB,),
    constraints=Constraints(machine="small"),
    prices=Prices(wage_usd_per_hour=30),
)
FREE = exact(0.0, "USD", Provenance.ASSUMED, "no machine")
SOURCE = "run abc, dev"


def row(number: int, *, success: bool, group: str = "", segment: Segment | None = None, flow: str | None = None) -> Row:
    example = Example(f"i{number}", f"text {number}", "yes", group or f"g{number}", segment=segment, flow=flow)
    return Row(example, Prediction("yes" if success else "no"), success)


def rows(successes: int, failures: int) -> list[Row]:
    return [row(number, success=number < successes) for number in range(successes + failures)]


def pass_over(items: Sequence[Row], milliseconds: Sequence[float], machine: str = "small") -> Latency:
    asked = [items[number % len(items)].example for number in range(len(milliseconds))]
    requests = (
        Timed(took, one.id, one.group, one.segment, one.flow) for took, one in zip(milliseconds, asked, strict=True)
    )
    return Latency(tuple(requests), machine, "2026-01-01T00:00:00Z")


def p95_of(latency: Latency, machine: str | None = "small") -> Figure:
    return latency_p95(latency.requests, latency, machine, SOURCE)


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def missing(figure: Figure) -> Missing:
    assert isinstance(figure, Missing), figure
    return figure


def test_success_is_the_share_of_right_rows_with_wilsons_interval() -> None:
    success = task_success(rows(40, 10), SOURCE)
    expected = proportion_confint(40, 50, alpha=0.10, method="wilson")
    assert (success.value, success.n, success.unit, success.provenance) == (0.8, 50, "share", Provenance.MEASURED)
    assert (success.low, success.high) == pytest.approx(expected)
    assert success.source == SOURCE


def test_success_counts_groups_not_items() -> None:
    grouped = [row(number, success=number % 15 < 11, group=f"customer {number % 15}") for number in range(60)]
    success, alone = task_success(grouped, SOURCE), task_success(rows(44, 16), SOURCE)
    assert success.value == alone.value
    assert success.low is not None
    assert alone.low is not None
    assert success.low < alone.low - 0.05
    assert "60 items in 15 groups" in success.note


def test_every_metric_is_told_for_the_whole_and_for_each_part_that_has_items() -> None:
    mixed = [
        row(
            number,
            success=number % 3 > 0,
            segment=("routine", "edge", None)[number % 3],
            flow=("web", "app")[number % 2],
        )
        for number in range(30)
    ]
    told = metrics(mixed, TASK, None, FREE, SOURCE)
    assert set(told.overall) == set(METRICS)
    assert list(told.by_segment) == ["routine", "edge"]
    assert set(told.by_flow) == {"web", "app"}
    assert estimate(told.by_segment["edge"]["task_success"]).value == 1.0
    assert estimate(told.by_segment["routine"]["task_success"]).value == 0.0
    assert sum(estimate(part["task_success"]).n or 0 for part in told.by_flow.values()) == 30


def test_an_item_without_a_flow_belongs_to_the_only_one() -> None:
    one = metrics(rows(4, 2), TASK, None, FREE, SOURCE)
    two = metrics(rows(4, 2), replace(TASK, flows=(WEB, replace(WEB, name="app"))), None, FREE, SOURCE)
    assert estimate(one.by_flow["web"]["task_success"]).n == 6
    assert two.by_flow == {}


def test_no_row_at_all_is_bad_input() -> None:
    with pytest.raises(InvalidData, match="run abc, dev: no item was evaluated"):
        metrics([], TASK, None, FREE, SOURCE)


def test_answers_from_the_store_in_any_order_give_the_same_numbers_as_fresh_ones() -> None:
    fresh = rows(30, 20)
    stored = [Row(one.example, replace(one.prediction), one.success) for one in reversed(fresh)]
    latency = pass_over(fresh, list(np.linspace(5, 50, 100)))
    before = metrics(fresh, TASK, latency, FREE, SOURCE).overall
    after = metrics(stored, TASK, latency, FREE, SOURCE).overall
    for name in METRICS:
        one, other = estimate(before[name]), estimate(after[name])
        assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), rel=1e-12)
        assert replace(one, value=0, low=0, high=0) == replace(other, value=0, low=0, high=0)


def test_p95_on_the_tasks_machine_is_measured_with_the_binomial_ranks() -> None:
    items = rows(120, 0)
    p95 = estimate(p95_of(pass_over(items, list(np.arange(1.0, 101.0)))))
    # Binomial(100, .95): P(X <= 90) = .028, P(X <= 91) = .063; P(X <= 97) = .882, P(X <= 98) = .963
    assert (p95.low, p95.high) == (91.0, 99.0)
    assert p95.value == pytest.approx(95.05)
    assert (p95.unit, p95.n, p95.provenance) == ("ms", 100, Provenance.MEASURED)
    assert "small" in p95.source


@pytest.mark.parametrize(
    ("machine", "said"), [("large", "constraints.machine is large"), (None, "names no constraints")]
)
def test_p95_on_another_machine_is_modelled_and_says_so(machine: str | None, said: str) -> None:
    items = rows(100, 0)
    p95 = estimate(p95_of(pass_over(items, [5.0] * 100), machine))
    assert p95.provenance is Provenance.MODELLED
    assert said in p95.note
    assert "measured on small" in p95.note


def test_p95_of_fewer_than_59_items_has_no_upper_end() -> None:
    items = rows(100, 0)
    assert estimate(p95_of(pass_over(items, list(range(59))))).high == 58
    too_few = estimate(p95_of(pass_over(items, list(range(58)))))
    assert too_few.high is None
    assert "59 needed" in too_few.note
    repeated = rows(20, 0)
    times = [float(number % 20) for number in range(100)]
    assert estimate(p95_of(pass_over(repeated, times))).high is None


def test_p95_of_a_part_uses_only_the_requests_of_that_part() -> None:
    fast = [row(number, success=True, segment="routine") for number in range(60)]
    slow = [row(number, success=True, segment="edge") for number in range(60, 120)]
    latency = pass_over(fast + slow, [1.0] * 60 + [900.0] * 60)
    told = metrics(fast + slow, TASK, latency, FREE, SOURCE)
    assert estimate(told.by_segment["routine"]["latency_p95_ms"]).value == 1.0
    assert estimate(told.by_segment["edge"]["latency_p95_ms"]).value == 900.0
    assert estimate(told.overall["latency_p95_ms"]).n == 120


def test_without_a_pass_the_p95_is_missing_with_the_command() -> None:
    assert missing(latency_p95((), None, "small", SOURCE)).remedy == "rung run"
    other = pass_over([row(999, success=True)], [1.0])
    assert "no request of this part" in missing(latency_p95((), other, "small", SOURCE)).because


def test_intervals_are_those_of_the_level_that_targets_are_tested_with() -> None:
    grouped = [row(number, success=number % 7 > 1, group=f"g{number % 20}") for number in range(80)]
    expected = clustered_wilson([one.success for one in grouped], [one.example.group for one in grouped], level=0.90)
    success = task_success(grouped, SOURCE)
    assert (success.low, success.high) == (expected.low, expected.high)
