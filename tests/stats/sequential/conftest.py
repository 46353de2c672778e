"""Healthy rollouts: identical arms whose base rate drifts while the traffic moves to the candidate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from rung.stats.sequential import Block

HealthyBlocks = Callable[[np.random.Generator, int], Iterator[Block]]


@pytest.fixture
def ramp_and_drift() -> HealthyBlocks:
    """Blocks of 100 requests: the candidate's share ramps from 5 to 50 %, the failure rate of both from 2 to 12 %."""

    def draw(rng: np.random.Generator, count: int) -> Iterator[Block]:
        for share, rate in zip(np.linspace(0.05, 0.5, count), np.linspace(0.02, 0.12, count), strict=True):
            candidate = int(rng.binomial(100, share))
            current = 100 - candidate
            yield Block(current, int(rng.binomial(current, rate)), candidate, int(rng.binomial(candidate, rate)))

    return draw
