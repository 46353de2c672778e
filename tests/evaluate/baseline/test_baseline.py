"""What a log does and does not say of the system that made it; the figures themselves are held to their rows in
tests/contracts/test_trace_source.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rung.errors import InvalidData
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.baseline import Baseline, Labour, TraceSource, baseline

Rows = list[dict[str, Any]]
Log = Callable[[Rows], TraceSource]
MONDAY = datetime.fromisoformat("2026-03-02T00:00:00")
LABOUR = Labour(60.0, {"web": 5.0})


def known(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def missing(figure: Figure) -> str:
    assert isinstance(figure, Missing), figure
    return f"{figure.because}; {figure.remedy}"


def metric(found: Baseline, name: str) -> Figure:
    figures = {str(metric): figure for metric, figure in found.overall.metrics.items()}
    return figures[name]


def requests(count: int, **columns: Any) -> Rows:
    return [{"at": MONDAY, "status": "ok", **columns} for _ in range(count)]


def test_an_empty_log_has_no_baseline(log: Log) -> None:
    with pytest.raises(InvalidData, match="empty; run: rung ingest FILE"):
        baseline(log([]), LABOUR)


def test_an_unknown_outcome_is_neither_right_nor_wrong(log: Log) -> None:
    found = baseline(log([*requests(6, success=True), *requests(2, success=False), *requests(92)]), LABOUR)
    success = known(metric(found, "task_success"))
    assert (success.value, success.n) == (0.75, 8)
    assert success.note.startswith("outcome known for 8 of 100 requests")
    assert found.overall.outcomes_known == 8
    assert "The outcome of 92 of 100 requests is not known" in found.notes[0]


@pytest.mark.parametrize("told", [True, False])
def test_a_log_of_one_kind_of_outcome_gives_no_rate(log: Log, told: bool) -> None:
    found = baseline(log([*requests(50, success=told, corrected=told, cost_usd=0.1), *requests(50)]), LABOUR)
    assert "so the others may be either; rung ingest --outcomes FILE" in missing(metric(found, "task_success"))
    assert "50 of 100 requests" in missing(metric(found, "correction_rate"))
    assert "so the others may be either" in missing(metric(found, "cost_per_success_usd"))


def test_a_log_that_tells_every_outcome_may_tell_one_kind(log: Log) -> None:
    found = baseline(log(requests(50, success=True, corrected=False)), LABOUR)
    assert known(metric(found, "task_success")).value == 1.0
    assert known(metric(found, "correction_rate")).value == 0.0


def test_corrections_of_one_kind_give_no_cost_either(log: Log) -> None:
    """Where only the outputs that were corrected are told, labour would be counted on every request that has any."""
    rows = [
        *requests(40, success=True, cost_usd=0.1),
        *requests(10, success=False, corrected=True, cost_usd=0.1),
    ]
    assert "outputs left as they were" in missing(metric(baseline(log(rows), LABOUR), "cost_per_success_usd"))


def test_outcomes_count_only_where_late_ones_would_be_in(log: Log) -> None:
    """All outcomes come two days after their request, and the log ends on the eleventh: what was asked from the ninth
    on is left out. The wrong ones of the last day, which came early, would have made a rate of their own."""
    delay = timedelta(days=2)
    rows: Rows = []
    for day in range(10):
        at = MONDAY + timedelta(days=day)
        rows += [{"at": at, "status": "ok", "success": n < 3, "outcome_at": at + delay} for n in range(4)]
    late = MONDAY + timedelta(days=11)
    rows += [{"at": late, "status": "ok", "success": False} for _ in range(10)]
    found = baseline(log(rows), LABOUR)
    success = known(metric(found, "task_success"))
    # Nine days are before the ninth at midnight: those at 0, 1, ... 8 days.
    assert (success.value, success.n) == (0.75, 36)
    assert found.overview.delay_days_p95 == 2.0
    assert any("arrived within 2.0 days" in note and "before 2026-03-11 00:00 UTC" in note for note in found.notes)
    assert [cohort.mature for cohort in found.cohorts] == [True, False]
    assert [cohort.counts.succeeded for cohort in found.cohorts] == [21, 9]


def test_the_time_that_a_failure_took_is_in_no_latency(log: Log) -> None:
    rows = [
        *requests(100, latency_ms=200.0),
        *requests(30, status="error", latency_ms=60_000.0),
        *requests(20, status="rate_limited", latency_ms=1.0),
    ]
    found = baseline(log(rows), LABOUR)
    latency = known(metric(found, "latency_p95_ms"))
    assert (latency.value, latency.low, latency.high, latency.n) == (200.0, 200.0, 200.0, 100)
    assert latency.note == "answered requests only"
    assert known(found.overall.error_rate).value == 0.2
    assert known(found.overall.rate_limited_rate).value == pytest.approx(2 / 15)


def test_a_log_without_status_tells_no_error_rate_and_says_so_of_its_latency(log: Log) -> None:
    found = baseline(log([{"at": MONDAY, "latency_ms": 5.0} for _ in range(100)]), LABOUR)
    assert "does not tell which requests failed" in missing(found.overall.error_rate)
    assert "failed ones may be among these" in known(metric(found, "latency_p95_ms")).note
    assert "Whether 100 of 100 requests failed is not known" in found.notes[0]


def test_a_p95_of_few_requests_has_no_upper_end(log: Log) -> None:
    latency = known(metric(baseline(log(requests(58, latency_ms=5.0)), LABOUR), "latency_p95_ms"))
    assert (latency.value, latency.high) == (5.0, None)
    assert "59 needed" in latency.note


def test_the_cost_of_a_success_holds_failures_and_labour(log: Log) -> None:
    """Four requests of 0.10 USD, one of them corrected in two minutes at 60 USD an hour; two were right."""
    rows = [
        *requests(2, flow="web", cost_usd=0.1, success=True, corrected=False),
        *requests(1, flow="web", cost_usd=0.1, success=False, corrected=True, correction_minutes=2.0),
        *requests(1, flow="web", cost_usd=0.1, status="error"),
    ]
    found = known(metric(baseline(log(rows), LABOUR), "cost_per_success_usd"))
    assert found.value == pytest.approx((4 * 0.1 + 2.0) / 2)
    assert found.provenance is Provenance.ASSUMED
    assert "prices.wage_usd_per_hour" in found.source


def test_minutes_that_the_log_does_not_tell_are_those_of_the_flow(log: Log) -> None:
    rows = [
        *requests(1, flow="web", cost_usd=0.0, success=True, corrected=True),
        *requests(1, flow="mail", cost_usd=0.0, success=True, corrected=True),
        *requests(1, flow="mail", cost_usd=0.0, success=True, corrected=False),
        *requests(1, flow="mail", cost_usd=0.0, success=False, corrected=False),
    ]
    minutes = {"web": 5.0, "mail": 2.0}
    found = known(metric(baseline(log(rows), Labour(60.0, minutes)), "cost_per_success_usd"))
    assert found.value == pytest.approx((5.0 + 2.0) / 3)


def test_corrections_whose_minutes_nobody_knows_leave_no_cost(log: Log) -> None:
    """Left out, they would price the log by the requests that needed no correction: 0.01 USD instead of 4 and more."""
    rows = [
        *requests(50, flow="web", cost_usd=0.01, success=True, corrected=False),
        *requests(50, flow="mail", cost_usd=0.01, success=True, corrected=False),
        *requests(40, flow="mail", cost_usd=0.01, success=False, corrected=True),
        *requests(5, flow="mail", success=False, corrected=True),
    ]
    found = baseline(log(rows), Labour(60.0, {"web": 5.0}))
    assert "minutes of 40 corrections are not known" in missing(metric(found, "cost_per_success_usd"))
    web = next(cell for cell in found.cells["flow"] if cell.name == "web")
    assert known(web.metrics["cost_per_success_usd"]).value == pytest.approx(0.01)


def test_corrections_without_a_wage_have_no_cost(log: Log) -> None:
    rows = [
        *requests(5, cost_usd=0.1, success=True, corrected=True),
        *requests(5, cost_usd=0.1, success=False, corrected=False),
    ]
    assert "prices.wage_usd_per_hour is not stated" in missing(
        metric(baseline(log(rows), Labour()), "cost_per_success_usd")
    )


def test_a_log_that_tells_no_corrections_has_no_cost_of_success(log: Log) -> None:
    rows = [*requests(5, cost_usd=0.1, success=True), *requests(5, cost_usd=0.1, success=False)]
    assert "does not tell corrections" in missing(metric(baseline(log(rows), LABOUR), "cost_per_success_usd"))


def test_a_missing_cost_is_counted_and_never_nothing(log: Log) -> None:
    rows = [
        *requests(3, model="a", success=True, corrected=False),
        *requests(1, success=True, corrected=False),
        *requests(1, model="b", cost_usd=0.5, success=True, corrected=False),
        *requests(1, model="b", cost_usd=0.5, success=False, corrected=False),
    ]
    found = baseline(log(rows), LABOUR)
    cost = known(metric(found, "cost_per_success_usd"))
    assert (cost.value, cost.n) == (1.0, 2)
    assert found.overview.cost_missing == {"a": 3, "": 1}
    assert any("by model: a (3), no model named (1)." in note for note in found.notes)
    unpriced = next(cell for cell in found.cells["model"] if cell.name == "a")
    assert "no request has a known cost" in missing(unpriced.metrics["cost_per_success_usd"])


def test_requests_of_a_conversation_count_for_less(log: Log) -> None:
    """Twenty conversations of five requests that end alike are twenty observations, not a hundred."""
    rows = [{"at": MONDAY, "status": "ok", "cluster": f"c{n}", "success": n < 10} for n in range(20) for _ in range(5)]
    alone = [{**row, "cluster": None} for row in rows]
    together, apart = (known(metric(baseline(log(one), LABOUR), "task_success")) for one in (rows, alone))
    assert "100 items in 20 groups" in together.note
    assert together.high is not None
    assert together.low is not None
    assert apart.high is not None
    assert apart.low is not None
    # Five times fewer observations make an interval sqrt(5) times as wide, and Student's t makes it no narrower.
    assert together.high - together.low > 2.0 * (apart.high - apart.low)
    assert any("names no conversation" in note for note in baseline(log(alone), LABOUR).notes)


def test_what_the_log_does_not_tell_is_a_cell_without_a_name(log: Log) -> None:
    rows = [*requests(3, flow="web"), *requests(2)]
    found = baseline(log(rows), LABOUR)
    assert [(cell.name, cell.requests) for cell in found.cells["flow"]] == [("", 2), ("web", 3)]
    assert "segment" not in found.cells
