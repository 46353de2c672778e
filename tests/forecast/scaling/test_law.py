"""The law's optimum and its inverse, against a search and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from rung.forecast.scaling.law import (
    Law,
    LawDraws,
    flops_for_loss,
    flops_for_parameters,
    frontier_loss,
    loss,
    optimal_parameters,
    optimal_parameters_of,
    optimal_tokens,
)
from rung.forecast.scaling.published import PUBLISHED

LAWS = st.builds(
    Law,
    irreducible=st.floats(0.1, 3),
    parameter_scale=st.floats(1, 5_000),
    data_scale=st.floats(1, 5_000),
    alpha=st.floats(0.1, 1.2),
    beta=st.floats(0.1, 1.2),
)


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda one: one.name)
@pytest.mark.parametrize("flops", [1e18, 1e21, 5.76e23])
def test_the_optimum_is_the_one_that_a_search_over_sizes_finds(published: object, flops: float) -> None:
    law = published.law  # type: ignore[attr-defined]

    def at(log_size: float) -> float:
        size = np.exp(log_size)
        return float(loss(law, size, flops / (6 * size)))

    found = minimize_scalar(at, bounds=(np.log(1e5), np.log(1e15)), method="bounded", options={"xatol": 1e-6})
    # The loss is flat at its bottom, so a search ends up to a thousandth away from where it truly lies.
    assert optimal_parameters(law, flops) == pytest.approx(float(np.exp(found.x)), rel=5e-3)
    assert float(frontier_loss(law.as_draws(), flops)[0, 0]) == pytest.approx(float(found.fun), rel=1e-9)


@given(LAWS, st.floats(10, 24))
def test_frontier_optimum_and_inverse_agree(law: Law, decades: float) -> None:
    flops = 10.0**decades
    size, read = optimal_parameters(law, flops), optimal_tokens(law, flops)
    assert 6 * size * read == pytest.approx(flops)
    assert flops_for_parameters(law, size) == pytest.approx(flops, rel=1e-6)
    told = float(frontier_loss(law.as_draws(), flops)[0, 0])
    assert told == pytest.approx(float(loss(law, size, read)))
    # Halfway between the frontier's loss and E, so that rounding does not swallow what is above E.
    if told - law.irreducible > 1e-6 * law.irreducible:
        assert float(flops_for_loss(law.as_draws(), told)[0]) == pytest.approx(flops, rel=1e-3)


@given(LAWS)
def test_a_loss_at_or_under_the_irreducible_one_takes_infinite_compute(law: Law) -> None:
    draws = law.as_draws()
    assert np.isinf(flops_for_loss(draws, law.irreducible)[0])
    assert np.isinf(flops_for_loss(draws, law.irreducible / 2)[0])
    assert np.isfinite(flops_for_loss(draws, law.irreducible * 1.5)[0])


def test_draws_are_taken_row_by_row() -> None:
    laws = [one.law for one in PUBLISHED]
    draws = LawDraws(np.vstack([law.as_draws().constants for law in laws]))
    assert draws.count == 4
    for row, law in enumerate(laws):
        assert frontier_loss(draws, 1e21)[row, 0] == pytest.approx(frontier_loss(law.as_draws(), 1e21)[0, 0])
        sizes = optimal_parameters_of(draws, np.full(4, 1e21))
        assert sizes[row] == pytest.approx(optimal_parameters(law, 1e21))
