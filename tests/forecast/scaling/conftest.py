"""Runs of a law that is known, with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rung.forecast.scaling import Law, ScalingRun, TextFacts
from rung.forecast.scaling.law import loss
from rung.forecast.scaling.repeated_data import worth

PLANTED = Law(irreducible=0.6, parameter_scale=90.0, data_scale=148.0, alpha=0.45, beta=0.45)
SIZES = (55_000, 99_000, 231_000, 452_000, 996_000)
TOKENS = (60_000, 150_000, 300_000, 720_000)
PlantedRuns = Callable[..., list[ScalingRun]]


@pytest.fixture
def law() -> Law:
    """What the runs follow unless a test says otherwise."""
    return PLANTED


@pytest.fixture
def planted_runs() -> PlantedRuns:
    """A run for each size and each number of tokens; `noise` is the standard deviation of log loss."""

    def draw(
        law: Law = PLANTED,
        *,
        noise: float = 0.0,
        seed: int = 0,
        sizes: Sequence[int] = SIZES,
        tokens: Sequence[int] = TOKENS,
        unique: int = 10**9,
    ) -> list[ScalingRun]:
        rng = np.random.default_rng(seed)
        return [
            ScalingRun(
                name=f"{size} x {read}",
                parameters=size,
                embedding_parameters=0,
                tokens=read,
                unique_tokens=unique,
                nats_per_token=float(loss(law, size, worth(read, unique)) * np.exp(noise * rng.standard_normal())),
            )
            for size in sizes
            for read in tokens
        ]

    return draw


@pytest.fixture
def text() -> TextFacts:
    """A text large enough for a law."""
    return TextFacts(distinct=1_000_000, held_out=100_000, entries=5_000, copies=0, content_hash="0" * 64)
