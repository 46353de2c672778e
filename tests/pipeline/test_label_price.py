from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rung.estimate import Estimate, Missing, Provenance
from rung.pipeline.label_price import label_usd
from rung.strategies.tfidf_linear.strategy import CARD
from rung.task.task import DataPaths, DriverChoice, Lifecycle, Prices, Task

TASK = Task("t", "classify", Path(), DataPaths(None), prices=Prices(wage_usd_per_hour=30.0))


def stated(name: str, value: float) -> DriverChoice:
    return DriverChoice(name, value, value, value)


def test_a_label_costs_the_time_of_all_who_make_it() -> None:
    drivers = (stated("label_minutes", 2.0), stated("second_label_share", 0.5), stated("adjudicated_share", 0.1))
    found = label_usd(replace(TASK, drivers=drivers), CARD)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(2 / 60 * 30 * 1.6)
    assert found.low == pytest.approx(found.value)
    assert found.provenance == Provenance.ASSUMED


def test_the_budget_of_labels_gives_no_price_of_one() -> None:
    found = label_usd(replace(TASK, prices=Prices(), lifecycle=Lifecycle(annotation_usd=8000.0)), CARD)
    assert isinstance(found, Missing)
    assert "wage" in found.remedy
