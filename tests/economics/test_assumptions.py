from __future__ import annotations

from pathlib import Path

import pytest

from rung.economics.assumptions import (
    APPROVAL_WEEKS,
    ASSUMED,
    ASSUMED_BY_FAMILY,
    LABELLING_WEEKS_PER_LABEL,
    Assumption,
)
from rung.economics.tco.catalogue import CATALOGUE
from rung.strategies.contract import Family

ALL = {**ASSUMED, **{f"{name}.{of}": one for name, all_of in ASSUMED_BY_FAMILY.items() for of, one in all_of.items()}}
PAGE = (Path(__file__).parents[2] / "docs" / "concepts" / "economics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_each_assumption_is_ordered_dated_and_argued(name: str) -> None:
    one: Assumption = ALL[name]
    kind = CATALOGUE[name.partition(".")[0]]
    assert kind.least <= one.low <= one.mode <= one.high <= kind.most
    assert one.as_of
    assert "assumed" in one.source or "list price" in one.source


@pytest.mark.parametrize("name", ALL)
def test_the_page_states_each_assumption_as_the_code_does(name: str) -> None:
    one = ALL[name]
    figures = f"{one.mode:g}" if one.low == one.high else f"{one.low:g} / {one.mode:g} / {one.high:g}"
    assert f"| `{name}` | {figures} |" in PAGE


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_page_lists_each_driver_with_its_unit(name: str) -> None:
    one = CATALOGUE[name]
    shown = one.full_name(strategy="STRATEGY", family="FAMILY", flow="FLOW")
    assert f"| `{shown}` | {one.unit} | {one.meaning} |" in PAGE


def test_the_engineer_week_follows_from_its_sources() -> None:
    assert ASSUMED["engineer_week_usd"].mode == pytest.approx(132_930 / 0.70 / 52, rel=0.001)


def test_ranges_without_a_table_are_ordered_too() -> None:
    ranges = [*APPROVAL_WEEKS.values(), LABELLING_WEEKS_PER_LABEL]
    assert all(0 < low < mode < high for low, mode, high in ranges)


def test_a_model_of_ones_own_takes_more_upkeep_than_any_other() -> None:
    def mode(family: Family) -> float:
        weeks = [of[family].mode for name, of in ASSUMED_BY_FAMILY.items() if "weeks" in name and family in of]
        return sum(weeks) + 52 * ASSUMED_BY_FAMILY["owner_share"][family].mode

    assert mode("from_scratch") > mode("fine_tuned") > mode("pretrained") >= mode("classical")
