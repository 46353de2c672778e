"""What is too little for a law, and which runs it may use."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from rung.forecast.scaling.support import judged, too_little


def reasons(runs: Any) -> set[str]:
    return {one.reason for one in too_little(runs, planned=20)}


def test_a_whole_grid_supports_a_law(planted_runs: Any) -> None:
    assert too_little(planted_runs(), planned=20) == ()


def test_eleven_runs_are_too_few_and_twelve_are_not(planted_runs: Any) -> None:
    runs = planted_runs(sizes=(55_000, 120_000, 300_000, 900_000), tokens=(50_000, 200_000, 600_000))
    assert reasons(runs) == set()
    assert reasons([*runs[:3], *runs[4:]]) == {"too few runs"}


def test_three_sizes_are_too_few(planted_runs: Any) -> None:
    runs = planted_runs(sizes=(55_000, 200_000, 900_000))
    assert reasons(runs) == {"too few sizes"}


def test_less_than_a_decade_is_too_little_in_either_direction(planted_runs: Any) -> None:
    assert reasons(planted_runs(sizes=(55_000, 99_000, 231_000, 452_000))) == {"range of parameters"}
    assert reasons(planted_runs(tokens=(100_000, 300_000, 990_000))) == {"range of tokens"}
    # A decade of reading is less than a decade of text where it is read over and over.
    assert reasons(planted_runs(tokens=(60_000, 150_000, 600_000), unique=6_000)) == {"range of tokens"}


def test_nothing_at_all_is_too_little_of_everything(planted_runs: Any) -> None:
    assert {"too few runs", "too few sizes"} <= reasons([])


@pytest.mark.parametrize("broken", [nan, float("inf"), None])
def test_a_run_that_diverged_is_left_out_and_told(planted_runs: Any, broken: float | None) -> None:
    runs = planted_runs()
    marked = judged([replace(runs[0], nats_per_token=broken), *runs[1:]], ignorant_nats=10.0)
    assert [run.name for run in marked if not run.used] == [runs[0].name]
    assert marked[0].nats_per_token is None
    assert "diverged" in marked[0].because


def test_a_run_no_better_than_byte_frequencies_is_left_out(planted_runs: Any) -> None:
    runs = planted_runs()
    level = sorted(run.nats for run in runs)[-2]
    left = [run for run in judged(runs, ignorant_nats=level) if not run.used]
    assert len(left) == 2
    assert all("frequencies" in run.because for run in left)


def test_a_run_that_learned_by_heart_is_left_out(planted_runs: Any) -> None:
    runs = planted_runs()
    worse = replace(runs[-1], nats_per_token=runs[-2].nats * 1.05)
    left = [run for run in judged([*runs[:-1], worse], ignorant_nats=10.0) if not run.used]
    assert [run.name for run in left] == [worse.name]
    assert "by heart" in left[0].because
    # Within the noise of small runs it stays.
    near = replace(runs[-1], nats_per_token=runs[-2].nats * 1.005)
    assert all(run.used for run in judged([*runs[:-1], near], ignorant_nats=10.0))


def test_when_all_runs_are_done_more_time_is_not_the_remedy(planted_runs: Any) -> None:
    runs = [replace(run, used=place > 8) for place, run in enumerate(planted_runs())]
    [first, *_] = too_little(runs, planned=20)
    assert "9 more were left out" in first.because
    assert "--minutes" not in first.remedy
