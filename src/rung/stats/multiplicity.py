"""Several tests at once: `holm` for whatever a decision rests on, `benjamini_hochberg` for looking around."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rung.stats.clustered import FloatArray


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given: rejecting those at or below alpha errs anywhere with at most alpha.

    Step-down (Holm 1979); no independence is assumed. An empty list gives an empty list.
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return [float(value) for value in adjusted]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given: of those at or below q, a share of at most q is expected to be wrong.

    Step-up (Benjamini and Hochberg 1995), for tests that are independent or positively dependent, as segments with
    a common baseline are. It bounds the share of false findings, not the chance of one: no ground for a decision.
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")[::-1]
    steps = values[order] * values.size / np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps))
    return [float(value) for value in adjusted]


def _checked(p_values: Sequence[float]) -> FloatArray:
    values = np.asarray(p_values, dtype=np.float64)
    if values.size and not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p-values must lie in [0, 1]")
    return values
