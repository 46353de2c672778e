from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rung.estimate import Estimate, Missing
from rung.forecast.learning_curve import WHOLE, Observed, Question, forecast_by_proxy
from rung.forecast.learning_curve.proxy import expit, logit
from rung.task.task import Target

Plant = Callable[..., Observed]
RATIO = 0.5
"""Odds of an error of the dear strategy over the cheap one's."""


def cheap_error(labels: float) -> float:
    return float(0.05 + 3 * labels**-0.5)


def dear_error(labels: float) -> float:
    return float(expit(logit(np.array(cheap_error(labels))) + np.log(RATIO)))


def anchors_at(plant: Plant, sizes: tuple[float, ...], error: Callable[[float], float] = dear_error) -> Observed:
    return replace(
        plant(error, sizes=sizes, items=4000, repeats=1, seed=0), repeat=np.array([0] * (len(sizes) - 1) + [WHOLE])
    )


def question(minimum: float) -> Question:
    return Question("", (Target("task_success", minimum=minimum),), 1000, Missing("no price"), "lora on dev", 0, 300)


def test_the_borrowed_shape_passes_through_the_anchor_and_gives_the_labels(plant: Plant) -> None:
    minimum = 1 - dear_error(2000)
    found = forecast_by_proxy(
        plant(cheap_error, items=4000), anchors_at(plant, (1000,)), question(minimum), proxy="encoder-head"
    )
    assert found.proxy is not None
    assert isinstance(found.proxy.odds_ratio, Estimate)
    assert found.proxy.odds_ratio.value == pytest.approx(RATIO, abs=0.1)
    labels = found.targets[0].labels
    assert isinstance(labels, Estimate)
    assert labels.low is not None
    assert labels.high is not None
    assert labels.low <= 2000 <= labels.high


def test_one_anchor_cannot_say_how_well_the_shape_fits(plant: Plant) -> None:
    found = forecast_by_proxy(plant(cheap_error, items=4000), anchors_at(plant, (1000,)), question(0.8), proxy="head")
    assert found.proxy is not None
    assert isinstance(found.proxy.miss, Missing)
    assert "--anchors 2" in found.proxy.miss.remedy


def test_the_largest_anchor_is_predicted_from_the_others(plant: Plant) -> None:
    fitting = forecast_by_proxy(
        plant(cheap_error, items=4000), anchors_at(plant, (250, 1000)), question(0.8), proxy="head"
    )
    worse = forecast_by_proxy(
        plant(cheap_error, items=4000),
        anchors_at(plant, (250, 1000), lambda labels: dear_error(labels) + (0.1 if labels == 1000 else 0.0)),
        question(0.8),
        proxy="head",
    )
    assert fitting.proxy is not None
    assert worse.proxy is not None
    assert isinstance(fitting.proxy.miss, Estimate)
    assert isinstance(worse.proxy.miss, Estimate)
    assert fitting.proxy.miss.value == pytest.approx(0, abs=0.02)
    assert worse.proxy.miss.value == pytest.approx(0.1, abs=0.02)


def test_without_a_curve_to_borrow_there_is_none(plant: Plant) -> None:
    found = forecast_by_proxy(
        plant(cheap_error, items=4000, repeats=1), anchors_at(plant, (1000,)), question(0.8), proxy="head"
    )
    assert found.curve is None
    assert found.refused is not None
    assert "borrowed from head" in found.refused.because
