from __future__ import annotations

import numpy as np
import pytest

from rung.estimate import Estimate, Figure, Missing, Provenance, exact
from rung.forecast.learning_curve import TargetLabels
from rung.forecast.learning_curve.targets import target_labels

PRICE = Estimate(1.0, 0.5, 2.0, "USD per label", None, Provenance.ASSUMED, "drivers")


def asked(labels: list[float], *, price: Figure = PRICE, there: int = 200) -> TargetLabels:
    return target_labels(
        "task_success", 0.8, np.array(labels), smallest=50.0, largest=1000.0, train_items=there, items=150,
        label_usd=price, source="points",
    )  # fmt: skip


def told(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate)
    return figure


def test_the_answer_is_the_median_of_the_draws_with_its_ends() -> None:
    found = asked([float(labels) for labels in range(301, 401)])
    assert (told(found.labels).value, told(found.labels).low, told(found.labels).high) == (350, 305, 395)
    assert told(found.labels).provenance == Provenance.MODELLED
    assert (told(found.more).value, told(found.more).low, told(found.more).high) == (150, 105, 195)
    assert told(found.never).value == 0


def test_the_cost_is_that_of_the_labels_to_collect_and_as_weak_as_its_price() -> None:
    found = told(asked([float(labels) for labels in range(301, 401)]).cost_usd)
    assert (found.value, found.low, found.high) == (150, 52.5, 390)
    assert found.provenance == Provenance.ASSUMED
    unknown = asked([300.0] * 100, price=Missing("the wage is unknown", "set prices.wage_usd_per_hour")).cost_usd
    assert isinstance(unknown, Missing)
    assert unknown.remedy == "set prices.wage_usd_per_hour"


def test_labels_that_are_there_already_are_not_collected_and_cost_nothing() -> None:
    found = asked([100.0] * 100)
    assert told(found.more).value == told(found.more).high == 0
    assert told(found.cost_usd).high == 0


def test_draws_that_never_reach_leave_the_upper_end_open() -> None:
    found = asked([400.0] * 90 + [np.inf] * 10)
    assert told(found.labels).value == 400
    assert told(found.labels).high is None
    assert "more than 10,000" in told(found.labels).note
    assert told(found.never).value == pytest.approx(0.1)
    assert told(found.cost_usd).high is None


def test_beyond_ten_times_the_largest_size_no_number_is_given() -> None:
    found = asked([20_000.0] * 60 + [900.0] * 40)
    assert isinstance(found.labels, Missing)
    assert "more than 10,000" in found.labels.because
    assert isinstance(found.more, Missing)
    assert "more than 9,800" in found.more.because
    assert isinstance(found.cost_usd, Missing)
    assert told(found.within_limit).value == pytest.approx(0.4)
    assert told(found.never).value == 0


def test_a_target_that_no_draw_reaches_is_never_reached_for_certain() -> None:
    found = asked([np.inf] * 100, price=exact(1.0, "USD per label", Provenance.ASSUMED, "stated"))
    assert told(found.never).value == 1
    assert isinstance(found.labels, Missing)


def test_below_the_smallest_size_the_curve_is_not_asked_either() -> None:
    found = told(asked([3.0] * 100).labels)
    assert found.value == 50
    assert "smallest size" in found.note
