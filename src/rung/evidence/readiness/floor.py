"""Disagreement that does not go away however sure the probe is.

An item that is hard makes the probe unsure; a mistake strikes easy items too. As the log odds m of the likeliest label
grow, the chance that a clean label differs from it falls like 1 / (1 + exp(a + b m)), while a share of mistakes stays:

    P(differs) = floor + (1 - floor) / (1 + exp(a + b m)),  b >= 1/2

This is the psychometric function with its lapse rate (Wichmann and Hill 2001, "The psychometric function: I. Fitting,
sampling, and goodness of fit"), here with the probe's certainty as the stimulus. Where no label is wrong, calibrated
odds have a = 0 and b = 1, and mistakes make b larger, since they press the odds together; a curve much flatter than
that would pass mistakes off as difficulty that no certainty lessens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rung.evidence.readiness.probe import FloatArray
from rung.stats.critical import normal_critical

_BINS = 100
_CANDIDATES = 21
_STEPS = 6
_ZOOMS = 4
_FLATTEST = -0.7
"""The logarithm of the smallest b, one half."""
_SMALLEST = 1e-9
_Points = tuple[FloatArray, FloatArray, FloatArray]


def log_odds(probabilities: FloatArray) -> FloatArray:
    """Shape (n,): ln(p / (1 - p)) of the likeliest of each row of shape (n, k)."""
    top = np.clip(probabilities.max(axis=1), _SMALLEST, 1.0 - _SMALLEST)
    return np.asarray(np.log(top / (1.0 - top)))


def floor_low(certainty: FloatArray, differs: NDArray[np.bool_], *, level: float, weight: float = 1.0) -> float:
    """The lower end of the floor's two-sided `level` interval, in [0, 1], by profile likelihood.

    `certainty` is the log odds, shape (n,); `differs` whether the label is another than the likeliest. `weight` in
    (0, 1] is the share of independent items among them: the likelihood of clustered items counts for that much.
    """
    if not differs.any():
        return 0.0
    points = _binned(certainty, differs)
    candidates = np.linspace(0.0, float(differs.mean()), _CANDIDATES)
    losses = [_loss(float(floor), points) for floor in candidates]
    allowed = min(losses) + normal_critical(level) ** 2 / (2.0 * weight)
    first = next(place for place, loss in enumerate(losses) if loss <= allowed)
    if first == 0:
        return 0.0
    low, high = float(candidates[first - 1]), float(candidates[first])
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _loss(middle, points) <= allowed else (middle, high)
    return low


def _binned(certainty: FloatArray, differs: NDArray[np.bool_]) -> _Points:
    """Mean certainty, items and differing items of bins of equal size, the likelihood being flat within them."""
    order = np.argsort(certainty, kind="stable")
    parts = np.array_split(order, min(_BINS, len(order)))
    return (
        np.array([certainty[part].mean() for part in parts]),
        np.array([len(part) for part in parts], dtype=np.float64),
        np.array([differs[part].sum() for part in parts], dtype=np.float64),
    )


def _loss(floor: float, points: _Points) -> float:
    """The smallest negative log likelihood of any curve with this floor, by a grid that closes in on its best point.

    A search along gradients stops at the flattest curve, which is a local optimum for every floor.
    """
    offsets, log_slopes = np.linspace(-6.0, 8.0, 57), np.linspace(_FLATTEST, 4.0, 25)
    losses = _grid(floor, offsets, log_slopes, points)
    for _ in range(_ZOOMS):
        row, column = np.unravel_index(int(np.argmin(losses)), losses.shape)
        wide, steep = offsets[1] - offsets[0], log_slopes[-1] - log_slopes[-2]
        offsets = offsets[row] + wide * np.linspace(-1.0, 1.0, 9)
        log_slopes = np.maximum(log_slopes[column] + steep * np.linspace(-1.0, 1.0, 9), _FLATTEST)
        losses = _grid(floor, offsets, log_slopes, points)
    return float(losses.min())


def _grid(floor: float, offsets: FloatArray, log_slopes: FloatArray, points: _Points) -> FloatArray:
    """Negative log likelihoods, shape (offsets, slopes)."""
    means, items, differing = points
    odds = offsets[:, None, None] + np.exp(log_slopes)[None, :, None] * means
    chance = floor + (1.0 - floor) / (1.0 + np.exp(np.clip(odds, -50.0, 50.0)))
    chance = np.clip(chance, _SMALLEST, 1.0 - _SMALLEST)
    return np.asarray(-(np.log(chance) @ differing + np.log1p(-chance) @ (items - differing)))
