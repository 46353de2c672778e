"""Planted learning curves: what fits at several sizes would have done to the same items."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rung.forecast.learning_curve import WHOLE, Observed

SIZES = (31, 62, 125, 250, 500, 1000)


def planted(
    error: Callable[[float], float],
    *,
    sizes: Sequence[float] = SIZES,
    repeats: int = 3,
    items: int = 200,
    groups: int | None = None,
    seed: int = 0,
    whole: bool = True,
) -> Observed:
    """Answers that are wrong where a uniform figure lies below err(n), so that the share of wrong answers is err(n):
    the item's own figure, the same at every fit, or with probability .3 a fresh one."""
    rng = np.random.default_rng(seed)
    places = [(step, repeat) for repeat in range(repeats) for step in range(len(sizes) - whole)]
    places += [(len(sizes) - 1, WHOLE)] if whole else []
    of_item = rng.random(items)
    rows = []
    for step, _ in places:
        figure = np.where(rng.random(items) < 0.7, of_item, rng.random(items))
        rows.append(figure < error(sizes[step]))
    return Observed(
        np.array([step for step, _ in places]),
        np.array([float(sizes[step]) for step, _ in places]),
        np.array([repeat for _, repeat in places]),
        np.array(rows, dtype=np.float64),
        np.arange(items) % (groups or items),
    )


@pytest.fixture(scope="session")
def plant() -> Callable[..., Observed]:
    return planted
