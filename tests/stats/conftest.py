"""Simulated outcomes with a known share and a known agreement within groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

ClusteredOutcomes = Callable[[np.random.Generator, NDArray[np.intp], float, float], NDArray[np.float64]]


@pytest.fixture
def clustered_outcomes() -> ClusteredOutcomes:
    """0/1 outcomes for (rng, cluster of each item, share, intraclass correlation): a beta-binomial per cluster."""

    def draw(
        rng: np.random.Generator, clusters: NDArray[np.intp], share: float, correlation: float
    ) -> NDArray[np.float64]:
        count = int(clusters.max()) + 1
        if correlation == 0.0:
            own = np.full(count, share)
        else:
            concentration = (1 - correlation) / correlation
            own = rng.beta(share * concentration, (1 - share) * concentration, count)
        return (rng.random(clusters.size) < own[clusters]).astype(np.float64)

    return draw
