from __future__ import annotations

from pathlib import Path

import pytest

from rung.economics import assumptions
from rung.economics.assumptions import (
    APPROVAL_WEEKS,
    ENGINEER_WEEK,
    LABELLING_WEEKS_PER_LABEL,
    UPKEEP_WEEKS,
    Assumption,
)
from rung.strategies.contract import Family

TABLE = [value for value in vars(assumptions).values() if isinstance(value, Assumption)]
PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "economics.md"


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.name)
def test_each_assumption_is_ordered_dated_and_argued(one: Assumption) -> None:
    assert 0 < one.low < one.mode < one.high
    assert one.unit
    assert one.as_of
    assert "assumed" in one.source


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.name)
def test_the_page_states_each_assumption_as_the_code_does(one: Assumption) -> None:
    row = f"| {one.name} | {one.low:g} | {one.mode:g} | {one.high:g} | {one.unit} |"
    assert row in PAGE.read_text(encoding="utf-8")


def test_the_engineer_week_follows_from_its_sources() -> None:
    assert ENGINEER_WEEK.mode == pytest.approx(132_930 / 0.70 / 52, rel=0.001)


def test_ranges_without_a_table_are_ordered_too() -> None:
    ranges = [*APPROVAL_WEEKS.values(), LABELLING_WEEKS_PER_LABEL]
    ranges += [weeks for upkeep in UPKEEP_WEEKS.values() for _, weeks in upkeep]
    assert all(0 < low < mode < high for low, mode, high in ranges)


def test_a_model_of_ones_own_takes_more_upkeep_than_any_other() -> None:
    def mode(family: Family) -> float:
        return sum(weeks[1] for _, weeks in UPKEEP_WEEKS[family])

    assert mode("from_scratch") > mode("fine_tuned") > mode("pretrained")
