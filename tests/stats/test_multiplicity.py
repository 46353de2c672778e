from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from rung.stats import benjamini_hochberg, holm


def test_the_published_example() -> None:
    adjusted = holm([0.002, 0.004, 0.006, 0.008, 0.01, 0.012])
    assert adjusted == pytest.approx([0.012, 0.02, 0.024, 0.024, 0.024, 0.024])


@settings(max_examples=25)  # statsmodels takes tens of milliseconds a call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_agrees_with_statsmodels_in_any_order(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_benjamini_and_hochbergs_own_example_rejects_the_first_four() -> None:
    """Fifteen p-values of their 1995 paper, section 2.2: four findings at q = 0.05, where Bonferroni has three."""
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p_values += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert [value <= 0.05 for value in benjamini_hochberg(p_values)] == [True] * 4 + [False] * 11


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_benjamini_hochberg_agrees_with_statsmodels_and_never_exceeds_holm(p_values: list[float]) -> None:
    adjusted = benjamini_hochberg(p_values)
    assert adjusted == pytest.approx(list(multipletests(p_values, method="fdr_bh")[1]))
    assert all(one <= two + 1e-12 for one, two in zip(adjusted, holm(p_values), strict=True))


def test_nothing_to_adjust_gives_nothing() -> None:
    assert holm([]) == benjamini_hochberg([]) == []


@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(p_value: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        holm([0.5, p_value])
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        benjamini_hochberg([0.5, p_value])
