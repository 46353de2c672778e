from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.estimate import Estimate, Missing, Provenance, exact
from rung.report.cost.amounts import added_up, places_for, ranged, short, told

AMOUNTS = st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=30)


@given(AMOUNTS, st.sampled_from([0, 2]))
def test_what_is_shown_adds_up_to_the_total_that_is_shown(parts: list[float], places: int) -> None:
    amounts, total = added_up(parts, places)
    assert sum(amounts, Decimal(0)) == total
    unit = Decimal(1).scaleb(-places)
    assert abs(total - sum(map(Decimal, map(repr, parts)))) <= unit / 2
    assert all(abs(amount - Decimal(repr(part))) < unit for amount, part in zip(amounts, parts, strict=True))


def test_the_missing_unit_goes_to_the_part_that_lost_most() -> None:
    # 0.4 + 0.4 + 0.7 = 1.5, which rounds to 2: the 0.7 gets the first unit, the first 0.4 the second.
    assert added_up([0.4, 0.4, 0.7], 0) == ([Decimal(1), Decimal(0), Decimal(1)], Decimal(2))


def test_small_totals_have_cents() -> None:
    assert places_for([42.0, 99.99]) == 2
    assert places_for([42.0, 100.0]) == 0


@pytest.mark.parametrize(
    ("amount", "places", "words"),
    [(1234567.0, 0, "1,234,567"), (-0.4, 2, "−0.40"), (-0.001, 2, "0.00"), (0.5, 0, "0"), (Decimal("1.50"), 2, "1.50")],
)
def test_amounts_in_words(amount: float | Decimal, places: int, words: str) -> None:
    assert told(amount, places) == words


def test_a_cell_carries_its_provenance_and_never_a_number_that_nobody_has() -> None:
    figure = Estimate(0.42, 0.378, 0.546, "USD/outcome", None, Provenance.ASSUMED, "made up")
    assert ranged(figure) == "0.42 (0.37 to 0.55) ○"
    assert short(exact(12_345, "USD", Provenance.MEASURED, "run")) == "12,345 ●"
    assert ranged(Missing("not run")) == short(Missing("not run")) == "unknown"
    assert ranged(None) == "–"
