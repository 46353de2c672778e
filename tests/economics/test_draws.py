from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.economics.draws import around, pert, pert_deviation, pert_mean
from rung.estimate import Estimate, Provenance, exact


def test_pert_has_the_published_mean_and_deviation() -> None:
    # (2 + 4 * 4 + 12) / 6 = 5; sqrt((5 - 2) (12 - 5) / 7) = sqrt 3.
    assert pert_mean((2, 4, 12)) == 5.0
    assert pert_deviation((2, 4, 12)) == pytest.approx(3**0.5)
    values = pert((2, 4, 12), 200_000, np.random.default_rng(0))
    assert values.mean() == pytest.approx(5.0, abs=0.02)
    assert values.std() == pytest.approx(3**0.5, abs=0.02)


@given(st.lists(st.floats(0, 1000), min_size=3, max_size=3).map(sorted))
def test_pert_stays_between_its_bounds(ends: list[float]) -> None:
    low, mode, high = ends
    values = pert((low, mode, high), 50, np.random.default_rng(1))
    assert values.min() >= low - 1e-9 * max(1.0, low)
    assert values.max() <= high + 1e-9 * max(1.0, high)


def test_a_range_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="ordered"):
        pert((3, 2, 4), 10, np.random.default_rng(0))


def test_draws_around_an_estimate_have_its_interval() -> None:
    estimate = Estimate(0.8, 0.7, 0.85, "share", 100, Provenance.MEASURED, "planted")
    values = around(estimate, 200_000, np.random.default_rng(0), highest=1.0)
    assert np.percentile(values, [5, 50, 95]) == pytest.approx([0.7, 0.8, 0.85], abs=0.002)


def test_draws_around_an_exact_figure_are_that_figure() -> None:
    values = around(exact(2.5, "USD", Provenance.ASSUMED, "x"), 10, np.random.default_rng(0))
    assert set(values.tolist()) == {2.5}


def test_an_end_that_is_not_bounded_is_mirrored() -> None:
    estimate = Estimate(10.0, 8.0, None, "USD", 5, Provenance.MEASURED, "x")
    values = around(estimate, 100_000, np.random.default_rng(0))
    assert np.percentile(values, 95) == pytest.approx(12.0, abs=0.05)
