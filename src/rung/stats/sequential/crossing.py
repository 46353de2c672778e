"""Where a function crosses zero, found between two ends of different sign."""

from __future__ import annotations

from collections.abc import Callable

_STEPS = 80
_CLOSE = 1e-12  # of the first distance, and of the value: finer than anything that is decided


def crossing(function: Callable[[float], float], positive: float, negative: float) -> float:
    """The point between `positive`, where `function` is at least 0, and `negative`, where it is below 0.

    The side at which the function is still at least 0, so that a rejected value is never taken for an accepted
    one. `function` is not called at the two ends. Illinois steps (Dowell and Jarratt 1971), with a halving every
    eighth step so that no shape of the function can stall them.
    """
    above: float | None = None
    below: float | None = None
    last_side = 0
    enough = _CLOSE * abs(positive - negative)
    for step in range(_STEPS):
        point = middle = (positive + negative) / 2
        if above is not None and below is not None and step % 8:
            point = positive + (negative - positive) * above / (above - below)
        if not min(positive, negative) < point < max(positive, negative):  # rounding, or a value without end
            point = middle
        value = function(point)
        side = 1 if value >= 0.0 else -1
        # An end that stays for a second step counts half, or the secant would creep up on it from one side.
        if side > 0:
            positive, above = point, value
            below = below / 2 if below is not None and last_side == side else below
        else:
            negative, below = point, value
            above = above / 2 if above is not None and last_side == side else above
        last_side = side
        if 0.0 <= value <= _CLOSE or abs(positive - negative) <= enough:
            break
    return positive
