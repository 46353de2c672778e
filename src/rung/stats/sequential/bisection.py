"""Where a function crosses zero, found by halving."""

from __future__ import annotations

from collections.abc import Callable

_HALVINGS = 40  # 1 / 2^40 is below 1e-12, finer than anything that is decided


def crossing(function: Callable[[float], float], positive: float, negative: float) -> float:
    """The point between `positive`, where `function` is at least 0, and `negative`, where it is below 0.

    The side at which the function is still at least 0, so that a rejected value is never taken for an accepted
    one. `function` is not called at the two ends.
    """
    for _ in range(_HALVINGS):
        middle = (positive + negative) / 2
        if function(middle) >= 0.0:
            positive = middle
        else:
            negative = middle
    return positive
