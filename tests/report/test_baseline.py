from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.baseline import Baseline, CellFigures, Cohort, Dimension
from rung.evaluate.baseline.source import CohortCounts, Overview
from rung.report.baseline import baseline_document, render_baseline
from rung.task.task import Metric

SNAPSHOTS = Path(__file__).parent / "snapshots"
HOSTILE = "\x1b[2J\x07[bold]gpt[/bold]<script>\u202e"
UNKNOWN = Missing("no outcome of these requests is known", "rung ingest --outcomes FILE")


def seen(value: float, low: float | None, high: float | None, unit: str = "share") -> Estimate:
    return Estimate(value, low, high, unit, 2_111, Provenance.VALIDATED, "production log")


FULL: Mapping[Metric, Figure] = {
    "task_success": seen(0.8617, 0.8483, 0.8747),
    "correction_rate": seen(0.0832, 0.0731, 0.0943),
    "latency_p95_ms": seen(12_348.0, 12_291.0, 12_415.0, "ms"),
    "cost_per_success_usd": replace(seen(0.2012, 0.1634, 0.2412, "USD"), provenance=Provenance.ASSUMED),
}
NOTHING: Mapping[Metric, Figure] = dict.fromkeys(FULL, UNKNOWN)


def cell(name: str, requests: int = 1_200, metrics: Mapping[Metric, Figure] = FULL) -> CellFigures:
    known = metrics is FULL
    return CellFigures(
        name=name,
        requests=requests,
        metrics=metrics,
        error_rate=seen(0.0223, 0.0182, 0.0274) if known else UNKNOWN,
        rate_limited_rate=seen(0.0413, 0.0355, 0.0481) if known else UNKNOWN,
        outcomes_known=2_111 if known else 0,
        cost_known=900,
        mean_input_tokens=seen(500.0, None, None, "tokens"),
        mean_output_tokens=seen(49.6, None, None, "tokens"),
    )


def cohort(week: str, *, mature: bool) -> Cohort:
    counts = CohortCounts(week, 593, 410, 354, 402, 35, 400, 1.5)
    return Cohort(counts, mature, seen(0.863, 0.833, 0.889), seen(0.085, 0.065, 0.111))


def log(
    cells: Mapping[Dimension, tuple[CellFigures, ...]],
    *,
    source: str = "a log, 3,000 requests from 2026-03-01 to 2026-04-05",
    left_out: Mapping[Dimension, int] | None = None,
    cohorts: tuple[Cohort, ...] = (),
    notes: tuple[str, ...] = (),
) -> Baseline:
    overview = Overview(
        rows=3_000,
        first_at=datetime.fromisoformat("2026-03-01"),
        last_at=datetime.fromisoformat("2026-04-05T12:30"),
        known_until=datetime.fromisoformat("2026-04-06"),
        status_known=3_000,
        clustered=0,
        succeeded=1_800,
        failed=311,
        corrected=175,
        uncorrected=1_936,
        delay_days_p95=2.5,
        cost_missing={"gpt-x": 988},
    )
    return Baseline(source, overview, cells, left_out or {}, cohorts, notes)


WHOLE: Mapping[Dimension, tuple[CellFigures, ...]] = {
    "all": (cell("", 3_000),),
    "flow": (cell("web", 1_900), cell("", 1_100)),
    "model": (cell("gpt-x"), cell("a-model-with-a-name-that-does-not-end", 12, NOTHING)),
}


@pytest.fixture
def whole() -> Baseline:
    """A log of which everything is known somewhere."""
    return log(
        WHOLE,
        left_out={"model": 7},
        cohorts=(cohort("2026-03-02", mature=True), cohort("2026-03-30", mature=False)),
        notes=("The outcome of 889 of 3,000 requests is not known.",),
    )


@pytest.fixture
def bare() -> Baseline:
    """A log with nothing but times and tokens."""
    return log({"all": (cell("", 3_000, NOTHING),)})


@pytest.mark.parametrize("name", ["whole", "bare"])
def test_the_words_at_80_columns_are_those_reviewed(name: str, request: pytest.FixtureRequest) -> None:
    told = render_baseline(request.getfixturevalue(name), 80)
    assert told == (SNAPSHOTS / f"baseline-{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_figure_and_no_name_is_cut_at_any_width(whole: Baseline, width: int) -> None:
    told = render_baseline(whole, width)
    assert max(cell_len(line) for line in told.splitlines()) <= width
    by_flow = told.partition("By flow")[2].partition("By model")[0].split()
    for figure in ("web", "1,900", "86.2%", "84.8–87.5%", "8.3%", "12,348", "12,291–12,415", "0.20", "2.23%", "4.13%"):
        assert figure in by_flow


def test_columns_of_which_nothing_is_known_are_left_out_and_a_single_gap_is_a_dash(
    whole: Baseline, bare: Baseline
) -> None:
    [row] = [line for line in render_baseline(whole, 132).splitlines() if line.startswith("a-model-with")]
    assert row.split()[1:] == ["12", *["–"] * 6, "500", "49.6"]
    told = render_baseline(replace(bare, cells={**bare.cells, "flow": (cell("web", 10, NOTHING),)}), 80)
    assert told.partition("By flow")[2].split()[:4] == ["flow", "requests", "in", "out"]
    assert "0%" not in told.partition("Intervals are")[0]


def test_what_is_not_known_says_what_would_make_it_known(bare: Baseline) -> None:
    told = " ".join(render_baseline(bare, 80).split())
    assert "Task success unknown: no outcome of these requests is known; rung ingest --outcomes FILE" in told


def test_an_upper_end_that_is_unknown_is_not_shown_as_a_number() -> None:
    metrics = {**FULL, "latency_p95_ms": seen(1_750.0, 1_440.0, None, "ms")}
    told = render_baseline(log({"all": (cell("", 9),), "flow": (cell("web", 9, metrics),)}), 120)
    assert "from 1,440 " in told.partition("By flow")[2] + " "
    assert "None" not in told


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    found = log({"all": (cell("", 3_000),), "model": (cell(HOSTILE),)}, source=f"log {HOSTILE}", notes=(HOSTILE,))
    for colour in (False, True):
        told = render_baseline(found, 100, colour=colour)
        assert "\x1b[2J" not in told
        assert "\x07" not in told
        assert "\u202e" not in told
        assert "[bold]" in told


def test_a_week_whose_outcomes_are_still_arriving_says_so_in_its_row(whole: Baseline) -> None:
    told = render_baseline(whole, 80).partition("Outcomes by week")[2]
    assert "2026-03-30" in told.partition("too recent")[0]
    assert told.count("too recent") == 1


def test_only_the_latest_weeks_are_shown_and_the_others_are_counted() -> None:
    weeks = tuple(cell(f"week {number:02}", 10) for number in range(20))
    told = render_baseline(log({"all": (cell("", 200),), "week": weeks}), 80)
    assert "week 19" in told
    assert "week 07" not in told
    assert "8 more, earlier; --json has those measured." in told


def test_the_document_holds_every_cell_under_its_whole_name(whole: Baseline) -> None:
    document = json.loads(json.dumps(baseline_document(whole), allow_nan=False))
    assert [one["name"] for one in document["by"]["model"]] == ["gpt-x", "a-model-with-a-name-that-does-not-end"]
    assert document["by"]["model"][1]["metrics"]["task_success"]["missing"] == "no outcome of these requests is known"
    assert document["outcomes"]["unknown"] == 3_000 - 1_800 - 311
    assert document["metrics"]["latency_p95_ms"]["value"] == 12_348.0
    assert document["last_at"] == "2026-04-05T12:30:00.000000Z"
