"""Samples drawn with replacement: their sums, which are all that a bootstrap of means, ratios or agreement needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rung.stats.clustered import FloatArray

_FEW = 64  # kinds of row up to which drawing how often each occurs beats drawing the rows
_CELLS_PER_BATCH = 200_000  # 1.6 MB at once stays in the processor's cache


def resampled_sums(rows: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """The sum of as many rows as there are, drawn with replacement, `draws` times over: shape (draws, columns).

    `rows` has shape (units, columns). Only how often each different row is drawn matters, and that is multinomial:
    where there are few kinds it is drawn at once, the same distribution exactly. Else units are drawn one by one,
    since a multinomial over all of them is slower. Memory does not grow with units times draws.
    ValueError when `draws` is below 1.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws}")
    units, columns = rows.shape
    if columns == 1:  # sorting numbers is many times faster than sorting rows
        kinds, counts = np.unique(rows[:, 0], return_counts=True)
        kinds = kinds[:, None]
    else:
        kinds, counts = np.unique(rows, axis=0, return_counts=True)
    if len(kinds) <= _FEW:
        return np.asarray(rng.multinomial(units, counts / units, size=draws) @ kinds, dtype=np.float64)
    batch = min(draws, max(1, _CELLS_PER_BATCH // units))
    sums = np.empty((draws, columns))
    for start in range(0, draws, batch):
        chosen = rng.integers(0, units, size=(min(batch, draws - start), units), dtype=np.uint32)
        sums[start : start + len(chosen)] = _added(rows, chosen)
    return sums


def times_drawn(count: int, rng: np.random.Generator) -> FloatArray:
    """How often each of `count` units occurs when as many are drawn with replacement, shape (count,): the weights of
    one resample, for what is no sum."""
    return np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)


def _added(rows: FloatArray, chosen: NDArray[np.uint32]) -> FloatArray:
    """The sum of the chosen rows, shape (draws, columns); `chosen` has shape (draws, units)."""
    draws, units = chosen.shape
    if rows.shape[1] <= 2:
        # Up to two columns are looked up faster than counted; "clip" skips a check that no index here can fail.
        return np.column_stack([column.take(chosen, mode="clip").sum(axis=1) for column in rows.T])
    cells = chosen + units * np.arange(draws)[:, None]
    return np.bincount(cells.ravel(), minlength=draws * units).reshape(draws, units) @ rows
