"""Transfer and fine-tuning laws by hand, and where transfer must not be told."""

from __future__ import annotations

import pytest

from rung.estimate import Estimate, Missing, Provenance
from rung.forecast.scaling.transfer import transferred, transferred_characters, tuned_loss


def test_data_transferred_is_the_printed_power_law() -> None:
    assert transferred_characters(1.0, 1.0) == 1.9e4
    # Hernandez et al. 2021: with 10 times the parameters 10^.38 times the data, with 10 times the data 10^.18.
    assert transferred_characters(1e5, 1e9) / transferred_characters(1e5, 1e8) == pytest.approx(10**0.38)
    assert transferred_characters(1e6, 1e8) / transferred_characters(1e5, 1e8) == pytest.approx(10**0.18)


def test_it_is_told_as_an_order_of_magnitude() -> None:
    found = transferred(3e5, 1e9)
    assert isinstance(found, Estimate)
    assert found.low is not None
    assert found.high is not None
    assert found.high / found.low == pytest.approx(100)
    assert found.provenance is Provenance.DIRECTIONAL


def test_it_is_not_told_where_there_is_more_data_than_a_tenth_of_the_need() -> None:
    # At 1e8 parameters 1e9 characters transfer 1.9e4 x 1e9^.18 x 1e8^.38 = 8.7e8: more than half of the need is there.
    found = transferred(1e9, 1e8)
    assert isinstance(found, Missing)
    assert "at most 10%" in found.because


def test_the_tuned_loss_is_a_product_of_powers_above_a_floor() -> None:
    told = tuned_loss(scale=2.0, factor=100, factor_exponent=0.5, examples=10_000, data_exponent=0.25, irreducible=1.0)
    assert told == pytest.approx(1.0 + 2.0 / 10 / 10)
