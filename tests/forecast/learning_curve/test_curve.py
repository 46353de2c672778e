from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.forecast.learning_curve.curve import Curves


def one(a: float, b: float, c: float) -> Curves:
    return Curves(np.array([a]), np.array([b]), np.array([c]))


def test_labels_for_an_error_are_those_that_the_formula_gives() -> None:
    # .2 = .1 + 2 n^-.5 where n = (2 / .1)^2 = 400
    assert one(2.0, 0.5, 0.1).labels_for(0.2)[0] == pytest.approx(400)


def test_an_error_at_or_below_the_floor_is_never_reached() -> None:
    assert one(2.0, 0.5, 0.1).labels_for(0.1)[0] == np.inf
    assert one(2.0, 0.5, 0.1).labels_for(0.05)[0] == np.inf
    assert one(2.0, 0.5, 0.0).labels_for(0.0)[0] == np.inf


def test_a_flat_curve_below_the_error_needs_no_more_than_one_label() -> None:
    assert one(0.0, 1.0, 0.1).labels_for(0.2)[0] == 1


def test_a_curve_that_falls_too_slowly_for_any_number_is_never_there_and_never_nan() -> None:
    assert one(1.0, 0.01, 0.0).labels_for(1e-9)[0] == np.inf


@given(st.floats(0, 100), st.floats(0.01, 2), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_stricter_target_never_takes_fewer_labels(
    a: float, b: float, c: float, one_error: float, more: float
) -> None:
    strict, loose = sorted((one_error, more))
    curve = one(a, b, c)
    assert curve.labels_for(strict)[0] >= curve.labels_for(loose)[0]
    assert not np.isnan(curve.labels_for(strict)).any()
