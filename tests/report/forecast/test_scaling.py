"""A forecast by scaling on a terminal, as a document, and as a page with its chart."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from math import log
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from rung.decide.codec import decode
from rung.estimate import Estimate, Provenance, exact
from rung.forecast.scaling import (
    Hardware,
    Law,
    ScalingForecast,
    ScalingRun,
    TextFacts,
    published_tables,
    scaling_forecast,
)
from rung.forecast.scaling.law import loss
from rung.report.charts.scaling_law import scaling_law
from rung.report.forecast.scaling_document import published_document, scaling_document
from rung.report.forecast.scaling_files import write_scaling
from rung.report.forecast.scaling_page import render_scaling_html, scaling_section
from rung.report.forecast.scaling_published import render_published
from rung.report.forecast.scaling_terminal import render_scaling

LAW = Law(0.6, 90.0, 148.0, 0.45, 0.45)
TEXT = TextFacts(1_000_000, 100_000, 5_000, 12, "0" * 64)
GPU = Hardware("H100", 8, 1e15, (2.0, 3.0, 12.0), "a price list", Provenance.DIRECTIONAL)


def told(needed_nats: float | None = 0.85, runs: int = 20, noise: float = 0.004) -> ScalingForecast:
    rng = np.random.default_rng(1)
    made = [
        ScalingRun(
            f"{size} x {read}",
            size,
            12_000,
            read,
            TEXT.distinct,
            float(loss(LAW, size, read) * np.exp(noise * rng.standard_normal())),
            seconds=12.4,
        )
        for size in (55_000, 99_000, 231_000, 452_000, 996_000)
        for read in (60_000, 150_000, 300_000, 720_000)
    ]
    made[0] = replace(made[0], nats_per_token=None, because="diverged: <script>alert(1)</script>\x1b[31m")
    needed = (
        None if needed_nats is None else exact(needed_nats / log(2), "bits per byte", Provenance.ASSUMED, "--needed")
    )
    return scaling_forecast(
        made[:runs], TEXT, planned=20, ignorant_nats=9.0, needed=needed, hardware=GPU, machine="a machine", seed=0,
        draws=200, notes=("A note.",),
    )  # fmt: skip


CASES = {
    "answered": told(),
    "unreachable": told(0.3),
    "too_far": told(0.61, noise=0.0),
    "no_need": told(None),
    "too_few": told(runs=5),
    "none_ran": told(runs=1),
}


def words(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_nothing_steers_it(name: str, width: int) -> None:
    page = render_scaling(CASES[name], width)
    assert max(cell_len(line) for line in page.splitlines()) <= width
    assert "\x1b" not in page
    assert "nan" not in words(page).split()
    assert "inf" not in words(page).split()


def test_the_answer_stands_first_with_its_provenance() -> None:
    page = words(render_scaling(CASES["answered"], 80))
    need = CASES["answered"].need
    assert need is not None
    assert page.index("To reach") < page.index("What the needed loss takes") < page.index("The law of the runs")
    assert "◐ modelled" in page
    assert "◇ directional" in page  # money rests on a planning range
    assert "○ assumed" in page  # what a person asked for
    assert "GPU-hours" in page


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("unreachable", "never reach it, whatever the compute"),
        ("too_far", "more than two decades of compute beyond the largest run"),
        ("too_few", "a law with five constants needs at least 12"),
    ],
)
def test_a_refusal_says_why_and_shows_no_money(name: str, because: str) -> None:
    page = words(render_scaling(CASES[name], 80))
    assert because in page
    assert page.startswith("What a model of one's own would take No forecast")
    assert "USD" not in page
    assert "GPU-hours" not in page


@pytest.mark.parametrize("name", CASES)
def test_the_document_is_plain_json_and_holds_the_whole_forecast(name: str) -> None:
    document = json.loads(json.dumps(scaling_document(CASES[name]), allow_nan=False))
    assert decode(ScalingForecast, document["forecast"]) == CASES[name]
    assert document["refused"] == [one.reason for one in CASES[name].refusals]
    assert document["sentences"]


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_whole_html_with_nothing_from_data_unescaped(name: str) -> None:
    page = render_scaling_html(CASES[name])

    class Balanced(HTMLParser):
        open: list[str] = []  # noqa: RUF012
        void = frozenset({"meta", "br", "img", "link", "input", "path", "rect", "line"})

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in self.void:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag not in self.void:
                assert self.open.pop() == tag

    parser = Balanced()
    parser.open = []
    parser.feed(page)
    assert parser.open == []
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert scaling_section(CASES[name]).lstrip().startswith("<section")


def test_the_files_are_written_whole(tmp_path: Path) -> None:
    page, document = write_scaling(CASES["answered"], tmp_path / "forecasts" / "scaling")
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert json.loads(document.read_text(encoding="utf-8"))["forecast"]["planned"] == 20


def test_the_chart_draws_beyond_the_runs_unlike_within_and_tells_it_in_words() -> None:
    drawing = scaling_law(CASES["answered"], key="a", width_px=700)
    assert drawing is not None
    lines = [layer["mark"] for layer in drawing.spec["layer"] if layer["mark"]["type"] == "line"]
    assert len(lines) == 2
    assert [bool(mark.get("strokeDash")) for mark in lines] == [False, True]
    areas = [layer["mark"] for layer in drawing.spec["layer"] if layer["mark"]["type"] == "area"]
    assert areas[0]["fillOpacity"] > areas[1]["fillOpacity"]
    assert "19 runs, 19 of them in the fit" in drawing.alt
    assert "dashed beyond the largest run" in drawing.alt
    assert "needed loss" in drawing.alt
    assert re.search(r"<desc[^>]*>Loss on held-out text", drawing.svg)


def test_without_a_law_the_chart_shows_the_runs_and_without_a_run_there_is_none() -> None:
    drawing = scaling_law(CASES["too_few"], key="a", width_px=350)
    assert drawing is not None
    assert "No law is fitted" in drawing.alt
    assert all(layer["mark"]["type"] not in {"area", "line"} for layer in drawing.spec["layer"])
    assert scaling_law(CASES["none_ran"], key="a", width_px=350) is None


@pytest.mark.parametrize("asked", [{"compute": 1e21}, {"loss_nats": 1.75}, {"parameters": 1e9, "tokens": 2e10}])
@pytest.mark.parametrize("width", [60, 80])
def test_published_answers_fit_the_page_and_carry_their_caution(asked: dict[str, float], width: int) -> None:
    tables = published_tables(**asked)
    page = render_published(tables, width)
    assert max(cell_len(line) for line in page.splitlines()) <= width
    assert "1.6 to 2.2 times" in words(page)
    assert "directional" in page
    document = json.loads(json.dumps(published_document(tables), allow_nan=False))
    assert len(document["rows"]) == len(tables.rows)


def test_a_law_that_cannot_reach_a_loss_is_named_as_such() -> None:
    page = words(render_published(published_tables(loss_nats=1.75), 80))
    assert "Besiroglu refit: 1.75 is not above 1.82" in page


def test_money_of_the_forecast_is_never_better_than_its_inputs() -> None:
    need = CASES["answered"].need
    assert need is not None
    assert isinstance(need.usd, Estimate)
    assert need.usd.provenance is Provenance.DIRECTIONAL
    assert isinstance(need.flops, Estimate)
    assert need.flops.provenance is Provenance.ASSUMED  # the needed loss is what a person asked for
