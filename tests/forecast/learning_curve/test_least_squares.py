from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from rung.forecast.learning_curve.curve import LEAST_B, MOST_B
from rung.forecast.learning_curve.least_squares import fit_curves

SIZES = np.array([50.0, 100.0, 200.0, 400.0, 800.0, 1600.0])
ERRORS = st.lists(st.floats(0, 1), min_size=6, max_size=6)


@pytest.mark.parametrize(
    ("a", "b", "c"), [(2.0, 0.5, 0.1), (1.1, 0.2, 0.0), (12.0, 1.0, 0.05), (300.0, 1.7, 0.3), (1.0, 0.05, 0.0)]
)
def test_points_on_a_curve_give_its_constants_back(a: float, b: float, c: float) -> None:
    found = fit_curves(SIZES, (c + a * SIZES**-b)[None], np.ones((1, 6)))
    assert found.b[0] == pytest.approx(b, abs=2e-3)
    assert found.a[0] == pytest.approx(a, rel=2e-2)
    assert found.c[0] == pytest.approx(c, abs=2e-3)


def test_no_start_of_another_solver_finds_a_smaller_loss() -> None:
    rng = np.random.default_rng(0)
    errors = np.clip(0.1 + 1.5 * SIZES**-0.5 + rng.normal(0, 0.05, (6, 6)), 0, 1)
    weights = rng.random((6, 6)) + 0.1
    found = fit_curves(SIZES, errors, weights)
    unit = SIZES / SIZES.max()
    for row in range(6):

        def loss(constants: np.ndarray, row: int = row) -> float:
            a, b, c = constants
            return float((weights[row] * (errors[row] - c - a * unit**-b) ** 2).sum())

        bounds = [(0, None), (LEAST_B, MOST_B), (0, 1)]
        starts = [(a, b, c) for a in (0.05, 0.5) for b in (0.05, 0.5, 1.9) for c in (0.0, 0.2)]
        theirs = min(float(minimize(loss, start, bounds=bounds).fun) for start in starts)
        ours = loss(np.array([found.a[row] * SIZES.max() ** -found.b[row], found.b[row], found.c[row]]))
        assert ours <= theirs + 1e-7


@given(ERRORS)
def test_constants_stay_in_their_bounds_and_are_finite(errors: list[float]) -> None:
    found = fit_curves(SIZES, np.array([errors]), np.ones((1, 6)))
    assert np.isfinite(found.a[0])
    assert found.a[0] >= 0
    assert LEAST_B <= found.b[0] <= MOST_B
    assert 0 <= found.c[0] <= 1


@given(ERRORS, st.permutations(range(6)))
def test_the_order_of_the_points_does_not_matter(errors: list[float], order: list[int]) -> None:
    values, weights = np.array([errors]), np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    one = fit_curves(SIZES, values, weights)
    other = fit_curves(SIZES[order], values[:, order], weights[:, order])
    places = np.geomspace(50, 1600, 7)
    np.testing.assert_allclose(one.error_at(places), other.error_at(places), atol=1e-5)


def test_errors_that_rise_give_a_flat_curve_at_their_mean() -> None:
    found = fit_curves(SIZES, np.linspace(0.1, 0.4, 6)[None], np.ones((1, 6)))
    np.testing.assert_allclose(found.error_at([50, 1600]), 0.25)
