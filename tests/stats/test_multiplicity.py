from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from rung.stats import holm


def test_the_published_example() -> None:
    adjusted = holm([0.002, 0.004, 0.006, 0.008, 0.01, 0.012])
    assert adjusted == pytest.approx([0.012, 0.02, 0.024, 0.024, 0.024, 0.024])


@settings(max_examples=25)  # statsmodels takes tens of milliseconds a call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_agrees_with_statsmodels_in_any_order(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_nothing_to_adjust_gives_nothing() -> None:
    assert holm([]) == []


@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(p_value: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        holm([0.5, p_value])
