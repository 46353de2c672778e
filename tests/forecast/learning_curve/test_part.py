from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rung.decide.codec import decode, encode
from rung.estimate import Estimate, Figure, Missing
from rung.forecast.learning_curve import (
    LabelsForecast,
    Observed,
    PartForecast,
    Question,
    StrategyForecast,
    forecast_part,
)
from rung.task.task import Target

Plant = Callable[..., Observed]


def truth(labels: float) -> float:
    return float(0.1 + 3 * labels**-0.5)


def asked(*minimums: float) -> Question:
    targets = tuple(Target("task_success", minimum=one) for one in minimums)
    return Question("", targets, 1000, Missing("no price", "set a wage"), "head on dev", 0, 300)


def ends(figure: Figure) -> tuple[float, float]:
    assert isinstance(figure, Estimate)
    assert figure.low is not None
    assert figure.high is not None
    return figure.low, figure.high


def test_the_band_holds_a_planted_curve_and_the_answer_its_labels(plant: Plant) -> None:
    found = forecast_part(plant(truth, items=2000, repeats=4), asked(0.83))
    assert found.curve is not None
    for point in found.curve.band:
        low, high = ends(point.error)
        assert low - 0.01 <= truth(point.labels) <= high + 0.01
    for name, value in {"a": 3.0, "b": 0.5, "c": 0.1}.items():
        low, high = ends(getattr(found.curve, name))
        assert low <= value <= high
    low, high = ends(found.targets[0].labels)
    assert low <= (3 / 0.07) ** 2 <= high


def test_a_stricter_target_takes_at_least_as_many_labels(plant: Plant) -> None:
    found = forecast_part(plant(truth, items=1000), asked(0.6, 0.7, 0.75, 0.8))
    labels = [one.labels.value for one in found.targets if isinstance(one.labels, Estimate)]
    assert len(labels) >= 2
    assert labels == sorted(labels)
    never = [one.never.value for one in found.targets if isinstance(one.never, Estimate)]
    assert never == sorted(never)


def test_the_band_beyond_the_largest_size_is_marked(plant: Plant) -> None:
    curve = forecast_part(plant(truth), asked(0.8)).curve
    assert curve is not None
    assert curve.largest == 1000
    assert curve.limit == 10_000
    assert {point.extrapolated for point in curve.band if point.labels <= 1000} == {False}
    assert {point.extrapolated for point in curve.band if point.labels > 1000} == {True}


def test_a_rising_error_has_points_and_no_curve(plant: Plant) -> None:
    found = forecast_part(plant(lambda labels: 0.2 + labels / 3000, items=1000), asked(0.8))
    assert found.curve is None
    assert found.refused is not None
    assert found.refused.reason == "rising"
    assert len(found.points) == 6
    assert found.targets == ()


def test_the_same_fits_in_another_order_give_the_same_curve(plant: Plant) -> None:
    observed = plant(truth)
    order = np.random.default_rng(0).permutation(len(observed.step))
    other = Observed(
        observed.step[order], observed.labels[order], observed.repeat[order], observed.wrong[order], observed.group
    )
    one, two = (forecast_part(each, asked(0.8)).curve for each in (observed, other))
    assert one is not None
    assert two is not None
    for first, second in zip(one.band, two.band, strict=True):
        assert isinstance(first.error, Estimate)
        assert isinstance(second.error, Estimate)
        assert first.error.value == pytest.approx(second.error.value, abs=1e-5)


def test_ten_thousand_items_are_no_matter(plant: Plant) -> None:
    found = forecast_part(plant(truth, items=10_000, groups=2_500), replace(asked(0.8), draws=100))
    assert found.curve is not None
    assert (found.items, found.groups) == (10_000, 2_500)


@settings(max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6), st.integers(2, 4), st.integers(1, 60), st.integers(0, 99))
def test_no_answers_whatever_give_nan(plant: Plant, errors: list[float], repeats: int, groups: int, seed: int) -> None:
    by_size = dict(zip((31, 62, 125, 250, 500, 1000), errors, strict=True))
    observed = plant(lambda n: by_size[int(n)], repeats=repeats, items=60, groups=groups, seed=seed)
    found = forecast_part(observed, replace(asked(0.8, 1.0, 0.0), draws=50))
    json.dumps(encode(found), allow_nan=False)
    assert (found.curve is None) == (found.refused is not None)


def test_a_forecast_is_read_back_as_it_was_written(plant: Plant) -> None:
    part = forecast_part(plant(truth), asked(0.8))
    whole = LabelsForecast(
        1000, 200, (31, 1000), 3, 300, 0, (StrategyForecast("head", "Head", (part,)),), Missing("no price"), 1, 2, 0
    )
    assert decode(LabelsForecast, json.loads(json.dumps(encode(whole)))) == whole
    assert isinstance(part, PartForecast)
