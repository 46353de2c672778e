"""Kaplan's laws at the points where they are easy to work out by hand."""

from __future__ import annotations

import pytest

from rung.forecast.scaling import kaplan


def test_each_law_is_one_nat_at_its_own_scale() -> None:
    assert kaplan.loss_by_parameters(8.8e13) == 1.0
    assert kaplan.loss_by_tokens(5.4e13) == 1.0
    assert kaplan.loss_by_compute(3.1e8 * 8.64e19) == pytest.approx(1.0)  # a PF-day is 1e15 x 86,400 operations


def test_ten_times_as_much_lowers_the_loss_by_the_printed_power() -> None:
    assert kaplan.loss_by_parameters(1e9) / kaplan.loss_by_parameters(1e10) == pytest.approx(10**0.076)
    assert kaplan.loss_by_tokens(1e9) / kaplan.loss_by_tokens(1e10) == pytest.approx(10**0.095)
    assert kaplan.loss_by_compute(1e20) / kaplan.loss_by_compute(1e21) == pytest.approx(10**0.050)


def test_ten_times_the_compute_goes_to_a_model_five_times_as_large() -> None:
    assert kaplan.growth_of_parameters(10) == pytest.approx(10**0.73)
    assert kaplan.growth_of_parameters(10) == pytest.approx(5.37, abs=0.01)
