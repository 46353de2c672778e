from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rung.adapters.traces.workload import Minutes, Workload
from rung.economics import SharedFacts
from rung.estimate import Estimate, Provenance
from rung.evaluate.baseline.source import CohortCounts, Overview
from rung.evaluate.run import Row, Run
from rung.pipeline.cost_facts import logged_volume, token_price, tokens_per_request, with_workload
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import EndpointChoice, Flow

START = datetime.fromisoformat("2026-03-02")


def overview(rows: int, days: float | None) -> Overview:
    last = None if days is None else START + timedelta(days=days)
    return Overview(rows, None if days is None else START, last, last, 0, 0, 0, 0, 0, 0, None, {})


def weeks(*requests: int) -> list[CohortCounts]:
    return [CohortCounts(str(number), count, 0, 0, 0, 0, 0, None) for number, count in enumerate(requests)]


def test_the_volume_is_that_of_a_mean_month_of_the_log() -> None:
    found = logged_volume(overview(7_300, 36.5), weeks(900, 1_300, 1_400, 1_500, 1_400, 800), "log")
    assert isinstance(found, Estimate)
    # 200 a day, 365 / 12 days a month; whole weeks 1,300, 1,400, 1,500, 1,400 have a standard deviation of 81.65.
    assert found.value == pytest.approx(200 * 365 / 12)
    assert found.high is not None
    assert found.high - found.value == pytest.approx(1.645 * 81.65 * (365 / 12) / 7 / 2, rel=1e-3)
    assert found.provenance is Provenance.VALIDATED


@pytest.mark.parametrize(("rows", "days"), [(100, None), (100, 6.0)])
def test_a_log_without_times_or_of_a_few_days_tells_no_volume(rows: int, days: float | None) -> None:
    assert logged_volume(overview(rows, days), weeks(100), "log") is None


def test_peaks_and_minutes_need_enough_of_the_log() -> None:
    flows = (Flow("web"), Flow("app"))
    work = Workload((3.0, 4.0, 5.0), {"web": Minutes(50, 3.0, 0.5), "app": Minutes(5, 9.0, 1.0)})
    found = with_workload(SharedFacts(), work, flows, "log")
    assert isinstance(found.peak_factor, Estimate)
    # A single week lies around the mean of 4 with a standard deviation of 1.
    assert (found.peak_factor.low, found.peak_factor.value, found.peak_factor.high) == pytest.approx(
        (4 - 1.645, 4.0, 4 + 1.645), abs=1e-3
    )
    assert set(found.correction_minutes) == {"web"}
    assert found.correction_minutes["web"].value == 3.0
    thin = with_workload(SharedFacts(), Workload((3.0, 4.0), {"": Minutes(50, 3.0, 0.5)}), flows, "log")
    assert thin.peak_factor is None
    assert not thin.correction_minutes


def test_requests_that_name_no_flow_are_those_of_the_only_one() -> None:
    found = with_workload(SharedFacts(), Workload((), {"": Minutes(50, 3.0, 0.5)}), (Flow("web"),), "log")
    assert found.correction_minutes["web"].value == 3.0


def run_of(*tokens: tuple[int | None, int | None]) -> Run:
    rows = tuple(
        Row(Example(str(n), f"text {n}", "a", f"g{n}"), Prediction("a", input_tokens=sent, output_tokens=written), True)
        for n, (sent, written) in enumerate(tokens)
    )
    return Run("run", "zero-shot", "dev", rows, None, None, 0)


def test_tokens_are_means_over_the_run_and_unknown_where_one_row_does_not_tell() -> None:
    sent, written = tokens_per_request(run_of((100, 10), (300, None)))
    assert isinstance(sent, Estimate)
    assert sent.value == 200.0
    assert written is None
    assert tokens_per_request(run_of()) == (None, None)


def test_the_price_of_a_token_is_the_stated_or_the_listed_one() -> None:
    stated = EndpointChoice(
        "https://models.example.com/v1", "m", usd_per_million_input_tokens=2.0, usd_per_million_output_tokens=8.0
    )
    found = token_price(stated)
    assert found is not None
    assert (found.input_usd, found.output_usd) == (2.0, 8.0)
    listed = token_price(EndpointChoice("https://api.openai.com/v1", "gpt-4o-mini"))
    assert listed is not None
    # The list price of gpt-4o-mini: 0.15 and 0.60 USD per million tokens.
    assert (listed.input_usd, listed.output_usd) == pytest.approx((0.15, 0.60))
    assert "genai-prices" in listed.source
    assert token_price(EndpointChoice("https://models.example.com/v1", "nobody-knows")) is None
    assert token_price("smollm2-135m") is None
