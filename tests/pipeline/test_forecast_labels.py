from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from rung.errors import InvalidData, UsageError
from rung.estimate import Estimate
from rung.forecast.learning_curve import WHOLE
from rung.pipeline import label_fits
from rung.pipeline.forecast_labels import LabelsForecasted, forecast_labels
from rung.pipeline.label_fits import parts_of
from rung.pipeline.observer import Silent
from rung.pipeline.project import opened
from rung.strategies.tfidf_linear import strategy as tfidf

LABELS = ("billing", "login", "delivery", "returns")
REPEATS = 2


@pytest.fixture(scope="module", autouse=True)
def few_repeats() -> Iterator[None]:
    """Fewer fits than a person would get, and quicker ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_fits, "REPEATS", REPEATS)
        patch.setattr(tfidf, "STRENGTHS", (1.0,))
        yield


def words() -> dict[str, list[str]]:
    """Forty words without any likeness for each label."""
    chance = random.Random(1)
    return {label: ["".join(chance.sample("abcdefghijklmnopqrstuvwxyz", 6)) for _ in range(40)] for label in LABELS}


def write(directory: Path, rows: list[dict[str, str]], *, extra: str = "", strategies: str = "tfidf-linear") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = directory / "rung.yaml"
    path.write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl}\n"
        f"strategies: [{strategies}]\nprices: {{wage_usd_per_hour: 30}}\n{extra}",
        encoding="utf-8",
    )
    return path


def requests(count: int) -> list[dict[str, str]]:
    """Requests of two rare words each: a word that was not labelled yet tells nothing, so errors fall with labels."""
    chance, known = random.Random(3), words()
    rows = []
    for number in range(count):
        label = chance.choice(LABELS)
        told = chance.sample(known[label], 2)
        rows.append({"input": f"{told[0]} {told[1]} {number}", "expected": label})
    return rows


TARGET = "targets: {task_success: {min: 0.9, segments: {adversarial: {min: 0.5}}}}\n"


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> list[LabelsForecasted]:
    """The same forecast three times: with 3 new fits allowed, with as many as there are, and with none."""
    path = write(tmp_path_factory.mktemp("labels"), requests(300), extra=TARGET)
    return [forecast_labels(path, fits=fits) for fits in (3, None, 0)]


def test_a_forecast_goes_on_where_its_budget_ended(resumed: list[LabelsForecasted]) -> None:
    first, second, third = (one.forecast for one in resumed)
    assert (first.fits_made, first.fits_kept) == (3, 0)
    assert first.fits_left > 0
    assert (second.fits_made, second.fits_kept, second.fits_left) == (first.fits_left, 3, 0)
    assert (third.fits_made, third.fits_kept) == (0, second.fits_made + 3)
    assert resumed[2].model_calls == 0


def test_fits_that_are_kept_give_the_same_forecast_again(resumed: list[LabelsForecasted]) -> None:
    assert resumed[1].forecast.strategies == resumed[2].forecast.strategies


def test_too_few_fits_are_refused_with_the_points_there_are(resumed: list[LabelsForecasted]) -> None:
    part = resumed[0].forecast.strategies[0].parts[0]
    assert part.curve is None
    assert part.refused is not None
    assert part.refused.reason in ("few_sizes", "one_repeat")
    assert part.points


def test_errors_fall_and_each_target_has_an_answer(resumed: list[LabelsForecasted]) -> None:
    (strategy,) = resumed[1].forecast.strategies
    overall, adversarial = strategy.parts
    assert (overall.segment, adversarial.segment) == ("", "adversarial")
    assert adversarial.items < overall.items
    assert overall.curve is not None
    errors = [point.error.value for point in overall.points if isinstance(point.error, Estimate)]
    assert errors[0] > errors[-1]
    assert [target.minimum for target in overall.targets] == [0.9]
    assert overall.held_out is not None
    assert overall.held_out.verdict != "not tried"
    assert isinstance(resumed[1].forecast.label_usd, Estimate)


def test_parts_are_smaller_and_nested_and_all_of_train_stands_once(tmp_path: Path) -> None:
    with opened(write(tmp_path, requests(300), extra=TARGET), Silent()) as project:
        sizes, parts = parts_of(project)
        items = len(project.split.train)
    assert [part.repeat for part in parts].count(WHOLE) == 1
    assert sizes[-1] == items
    for repeat in range(REPEATS):
        own = [set(part.positions) for part in parts if part.repeat == repeat]
        assert len(own) >= 4
        assert all(less < more for less, more in pairwise(own))
        assert len(own[-1]) < items


def test_without_a_target_nothing_is_fitted(tmp_path: Path) -> None:
    found = forecast_labels(write(tmp_path, requests(200))).forecast
    assert found.refused is not None
    assert found.refused.reason == "no_target"
    assert found.fits_made == 0


def test_a_small_dev_split_is_refused_before_anything_is_fitted(tmp_path: Path) -> None:
    found = forecast_labels(write(tmp_path, requests(60), extra=TARGET)).forecast
    assert found.refused is not None
    assert found.refused.reason == "few_items"
    assert found.fits_made == 0


def test_labels_that_are_all_the_same_and_a_handful_of_examples_give_no_forecast(tmp_path: Path) -> None:
    same = [{"input": f"request {number}", "expected": "billing"} for number in range(200)]
    with pytest.raises(InvalidData, match="every item has the label 'billing'"):
        forecast_labels(write(tmp_path / "same", same, extra=TARGET))
    with pytest.raises(InvalidData):
        forecast_labels(write(tmp_path / "two", requests(2), extra=TARGET))
    three = forecast_labels(write(tmp_path / "three", requests(3), extra=TARGET)).forecast
    assert three.refused is not None
    assert three.refused.reason == "few_items"


def test_items_of_one_group_stay_together(tmp_path: Path) -> None:
    rows = [{**row, "group": f"g{number // 4}"} for number, row in enumerate(requests(400))]
    path = write(tmp_path, rows, extra=TARGET)
    with opened(path, Silent()) as project:
        _, parts = parts_of(project)
        train = project.split.train
        for part in parts:
            inside = {train[position].group for position in part.positions}
            outside = {train[position].group for position in range(len(train)) if position not in set(part.positions)}
            assert not inside & outside


def test_a_strategy_that_trains_a_network_is_not_fitted_unasked(tmp_path: Path) -> None:
    path = write(tmp_path, requests(200), extra=TARGET, strategies="tfidf-linear, scratch")
    found = forecast_labels(path, fits=0).forecast
    scratch = next(one for one in found.strategies if one.strategy == "scratch")
    assert "rung run scratch" in scratch.not_run


def test_a_strategy_that_fits_no_weights_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fits no weights"):
        forecast_labels(write(tmp_path, requests(200), extra=TARGET), ["zero-shot"])
    with pytest.raises(UsageError, match="budget"):
        forecast_labels(write(tmp_path, requests(200), extra=TARGET), minutes=float("nan"))


def test_a_dear_strategy_borrows_the_shape_of_a_cheap_one(
    resumed: list[LabelsForecasted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cheap strategy's own fits stand in for a dear one's: the odds at its anchors are
    those of the curve, as far as the curve hits its own points."""
    from rung.pipeline import forecast_labels as module
    from rung.strategies.scratch.strategy import Scratch

    monkeypatch.setattr(Scratch, "fit", tfidf.TfidfLinear.fit)
    monkeypatch.setattr(Scratch, "_models", None, raising=False)
    path = resumed[0].folder.parent.parent / "rung.yaml"
    found = module.forecast_labels(path, ["tfidf-linear", "scratch"], anchors=2).forecast
    scratch = next(one for one in found.strategies if one.strategy == "scratch")
    proxy = scratch.parts[0].proxy
    assert proxy is not None
    assert proxy.strategy == "tfidf-linear"
    assert len(proxy.anchors) == 2
    assert isinstance(proxy.odds_ratio, Estimate)
    assert 0.15 < proxy.odds_ratio.value < 3
    assert isinstance(proxy.miss, Estimate)
    assert scratch.parts[0].curve is not None
