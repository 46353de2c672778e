from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rung.decide.codec import decode
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.forecast.learning_curve import (
    BandPoint,
    FittedCurve,
    HeldOut,
    LabelsForecast,
    PartForecast,
    Proxy,
    Refusal,
    SizePoint,
    StrategyForecast,
    TargetLabels,
)
from rung.report.forecast.labels_document import labels_document
from rung.report.forecast.labels_files import write_labels
from rung.report.forecast.labels_markdown import labels_markdown
from rung.report.forecast.labels_page import labels_section, render_labels_html
from rung.report.forecast.labels_terminal import render_labels


def share(value: float, low: float, high: float, provenance: Provenance = Provenance.MODELLED) -> Estimate:
    return Estimate(value, low, high, "share", 150, provenance, "points")


def target(labels: Estimate | Missing, more: Estimate | Missing) -> TargetLabels:
    return TargetLabels(
        "task_success", 0.8, labels, more, exact(0.04, "share", Provenance.MODELLED, "draws"),
        exact(0.9, "share", Provenance.MODELLED, "draws"), Missing("the price of a label is unknown", "set a wage"),
    )  # fmt: skip


def part(**changes: object) -> PartForecast:
    measured = Provenance.MEASURED
    values: dict[str, object] = {
        "segment": "",
        "items": 150,
        "groups": 150,
        "points": (
            SizePoint(50, 5, share(0.4, 0.35, 0.45, measured)),
            SizePoint(400, 1, share(0.25, 0.2, 0.3, measured)),
        ),
        "curve": FittedCurve(
            share(2.0, 1.0, 3.0),
            Estimate(0.5, 0.3, 0.7, "", 150, Provenance.MODELLED, "points"),
            share(0.1, 0.02, 0.18),
            (
                BandPoint(50.0, share(0.39, 0.36, 0.43), extrapolated=False),
                BandPoint(400.0, share(0.25, 0.2, 0.29), extrapolated=False),
                BandPoint(4000.0, share(0.15, 0.05, 0.24), extrapolated=True),
            ),
            400,
            4000,
            exact(1.0, "share", Provenance.MODELLED, "draws"),
        ),
        "refused": None,
        "held_out": HeldOut(
            "does not beat",
            "it did not",
            (400,),
            share(0.03, 0.01, 0.05),
            share(0.02, 0.0, 0.04),
            share(-0.01, -0.03, 0),
        ),
        "targets": (
            target(
                Estimate(1234.0, 806.0, None, "labels", 150, Provenance.MODELLED, "points"),
                Estimate(834.0, 406.0, None, "labels", 150, Provenance.MODELLED, "points"),
            ),
        ),
    }
    return PartForecast(**{**values, **changes})  # type: ignore[arg-type]


def forecast(*strategies: StrategyForecast, refused: Refusal | None = None) -> LabelsForecast:
    return LabelsForecast(
        400, 150, (50, 400), 5, 1000, 0, strategies, Missing("no wage"), 3, 4, 0, "hash", refused, ("A note.",)
    )


HEAD = StrategyForecast("encoder-head", "Encoder and linear head", (part(),))
BEYOND = StrategyForecast(
    "tfidf-linear",
    "TF-IDF",
    (part(targets=(target(Missing("more than 4,000 labels", "label more"), Missing("more than 3,600 labels")),)),),
)
NO_CURVE = StrategyForecast(
    "scratch", "Scratch", (part(curve=None, targets=(), held_out=None, refused=Refusal("rising", "it rises", "look")),)
)
NOT_RUN = StrategyForecast("lora", "LoRA", (), "it was not run yet")
BORROWED = StrategyForecast(
    "retrieval-lora",
    "Retrieval LoRA",
    (
        part(
            held_out=None,
            proxy=Proxy(
                "encoder-head",
                (SizePoint(400, 1, share(0.2, 0.1, 0.3)),),
                Estimate(0.7, 0.5, 0.9, "ratio of odds", 150, Provenance.MODELLED, "points"),
                Missing("it was run at one number of labels", "--anchors 2"),
            ),
        ),
    ),
)
ALL = forecast(HEAD, BEYOND, NO_CURVE, NOT_RUN, BORROWED)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_page_of_text_stays_within_its_columns(width: int) -> None:
    assert max(map(len, render_labels(ALL, width).splitlines())) <= width


def test_the_answer_comes_first_with_its_interval_and_provenance() -> None:
    text = " ".join(render_labels(ALL, 80).split())
    assert text.index("encoder-head: task success of 80% takes 1,2") < text.index("Encoder and linear head")
    assert "no upper bound" in text
    assert "◐ modelled" in text
    assert "● measured" in text
    assert "4% of the draws" in text


def test_every_refusal_is_told_with_what_to_do() -> None:
    for told in (" ".join(render_labels(ALL, 80).split()), labels_markdown(ALL), labels_section(ALL)):
        assert "more than 4,000 labels" in told
        assert "it rises; look" in told
        assert "it was not run yet" in told
        assert "the price of a label is unknown" in told
        assert "it was run at one number of labels" in told
        assert "does not beat" in told


def test_a_forecast_that_is_refused_as_a_whole_says_only_that() -> None:
    found = forecast(refused=Refusal("no_target", "no target is set", "set targets.task_success.min"))
    text = render_labels(found, 80)
    assert "no target is set" in text
    assert "set targets.task_success.min" in text
    assert "fits made" not in text


def test_the_document_holds_the_forecast_and_is_read_back() -> None:
    document = json.loads(json.dumps(labels_document(ALL), allow_nan=False))
    assert decode(LabelsForecast, document["forecast"]) == ALL
    assert len(document["sentences"]) == 5


def test_text_from_outside_is_shown_and_never_acts() -> None:
    hostile = StrategyForecast("<script>alert(1)</script>", "<b>x</b>", (), "<img src=x>\x1b[31m")
    page = render_labels_html(forecast(hostile))
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in render_labels(forecast(hostile), 80)


def test_the_page_has_a_chart_for_each_strategy_that_was_measured_and_loads_nothing() -> None:
    page = render_labels_html(ALL)
    assert page.count("<svg") == 2 * 4
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))
    assert "http:" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", page)


def test_the_files_are_written_whole(tmp_path: Path) -> None:
    paths = write_labels(ALL, tmp_path / "forecasts")
    assert [path.name for path in paths] == ["labels.html", "labels.md", "labels.json"]
    assert all(path.read_text(encoding="utf-8") for path in paths)
