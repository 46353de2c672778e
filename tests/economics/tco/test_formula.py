from __future__ import annotations

import numpy as np
import pytest

from rung.economics.tco.formula import (
    Ceiling,
    Driven,
    Floor,
    Formula,
    Growth,
    Month,
    Sheet,
    depends_on_month,
    drivers_of,
    larger,
    smaller,
    spreadsheet,
)

A, B = Driven("a"), Driven("b")


def test_a_sum_over_months_is_the_sum_of_the_months() -> None:
    drivers = {"a": np.array([1.0, 2.0, 3.5]), "b": np.array([0.1, 0.0, -0.2])}
    for formula in (A * 2 + B, A * Growth(B) * 3, Growth(B) / A, Ceiling(A * Growth(B), 2), A * Month() - B):
        sheet = Sheet(drivers, 7)
        by_hand = sum(
            Sheet({name: float(values[1]) for name, values in drivers.items()}, 7).monthly(formula)[month]
            for month in range(7)
        )
        assert sheet.total(formula)[1] == pytest.approx(float(by_hand[0]))
        assert np.broadcast_to(sheet.monthly(formula), (7, 3)).sum(axis=0) == pytest.approx(sheet.total(formula))


def test_growth_starts_at_one_and_compounds() -> None:
    sheet = Sheet({"a": np.array([0.1])}, 3)
    assert sheet.monthly(Growth(A))[:, 0] == pytest.approx([1.0, 1.1, 1.21])


def test_machines_are_whole_and_at_least_the_stated_number() -> None:
    sheet = Sheet({"a": np.array([0.2, 2.0, 2.01])}, 1)
    assert list(sheet.once(Ceiling(A, 1))) == [1.0, 2.0, 3.0]
    assert list(sheet.once(Floor(A))) == [0.0, 2.0, 2.0]


def test_a_retraining_falls_into_the_month_in_which_its_day_comes() -> None:
    due = Floor(Month() * (365 / 12) / 90) - Floor((Month() - 1) * (365 / 12) / 90)
    months = Sheet({}, 12).monthly(due)[:, 0]
    assert list(np.flatnonzero(months) + 1) == [3, 6, 9, 12]
    assert Sheet({}, 12).total(due) == 4


def test_a_formula_knows_what_it_reads() -> None:
    assert drivers_of(larger(A, 3) * Growth(B)) == {"a", "b"}
    assert depends_on_month(A + Month())
    assert not depends_on_month(smaller(A, B))


@pytest.mark.parametrize(
    ("formula", "cell"),
    [
        (A - (B - 1), "X1-(Y1-1)"),
        (A / (B * 2), "X1/(Y1*2)"),
        ((A + B) * 2.5, "(X1+Y1)*2.5"),
        (A * Growth(B), "X1*(1+Y1)^(C$1-1)"),
        (Ceiling(A, 1) * Month(), "MAX(ROUNDUP(X1,0),1)*C$1"),
        (Floor(A / B), "ROUNDDOWN(X1/Y1,0)"),
        (larger(A, 0) + smaller(B, 1), "MAX(X1,0)+MIN(Y1,1)"),
    ],
)
def test_a_cell_holds_the_same_formula(formula: Formula, cell: str) -> None:
    assert spreadsheet(formula, {"a": "X1", "b": "Y1"}, "C$1") == cell
