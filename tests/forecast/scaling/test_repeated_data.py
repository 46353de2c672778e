"""What repeated text is worth, by hand and by properties."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.forecast.scaling.law import loss, optimal_parameters, optimal_tokens
from rung.forecast.scaling.published import MUENNIGHOFF
from rung.forecast.scaling.repeated_data import best_allocation, most_worth, tokens_for_worth, worth


def test_text_that_is_read_once_is_worth_itself() -> None:
    assert worth(80.0, 100.0) == 80.0
    assert worth(100.0, 100.0) == 100.0


def test_four_epochs_are_worth_almost_what_fresh_text_is() -> None:
    # U (1 + R (1 - e^(-3/R))), R = 15.387756
    assert worth(400.0, 100.0) == pytest.approx(100 * (1 + 15.387756 * (1 - exp(-3 / 15.387756))))
    assert worth(400.0, 100.0) / 400 == pytest.approx(0.93, abs=0.01)
    # and the loss of a model of Muennighoff's size hardly differs
    fresh, repeated = (float(loss(MUENNIGHOFF.law, 2.8e9, tokens)) for tokens in (55e9, float(worth(55e9, 55e9 / 4))))
    assert 0 < repeated - fresh < 0.01


def test_text_is_worth_at_most_sixteen_times_itself_however_often_it_is_read() -> None:
    assert most_worth(100.0) == pytest.approx(1638.7756)
    assert worth(1e9, 100.0) == pytest.approx(most_worth(100.0))
    assert tokens_for_worth(most_worth(100.0) * 1.001, 100.0) == float("inf")


@given(st.floats(1, 1e9), st.floats(0.01, 60))
def test_worth_rises_with_reading_and_its_inverse_gives_back_what_was_read(unique: float, epochs: float) -> None:
    read = unique * epochs
    told = float(worth(read, unique))
    assert told <= read * (1 + 1e-9)
    assert told < float(worth(read * 1.1, unique))
    assert tokens_for_worth(told, unique) == pytest.approx(read, rel=1e-6)


def test_with_text_enough_the_best_allocation_is_the_unlimited_one() -> None:
    found = best_allocation(MUENNIGHOFF.law, 1e21, unique=1e13)
    assert found.parameters == pytest.approx(optimal_parameters(MUENNIGHOFF.law, 1e21), rel=0.01)
    assert found.tokens == pytest.approx(optimal_tokens(MUENNIGHOFF.law, 1e21), rel=0.01)
    assert found.epochs < 1


def test_with_little_text_the_best_allocation_repeats_it_before_it_grows_the_model() -> None:
    # Muennighoff et al. 2023, section 6: with too little data, epochs should grow faster than parameters.
    law, flops = MUENNIGHOFF.law, 1e21
    fresh = optimal_parameters(law, flops)
    found = best_allocation(law, flops, unique=optimal_tokens(law, flops) / 10)
    assert found.epochs > 10
    assert found.parameters < fresh
    assert found.loss > float(loss(law, fresh, optimal_tokens(law, flops)))
    assert 6 * found.parameters * found.tokens == pytest.approx(flops)
