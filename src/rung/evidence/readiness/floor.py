"""Disagreement that does not go away however sure the probe is.

An item that is hard makes the probe unsure; a mistake strikes easy items too. As the log odds m of the likeliest label
grow, the chance that a clean label differs from it falls like 1 / (1 + exp(a + b m)), while a share of mistakes stays:

    P(differs) = floor + (1 - floor) / (1 + exp(a + b m)),  b > 0

This is the psychometric function with its lapse rate (Wichmann and Hill 2001, "The psychometric function: I. Fitting,
sampling, and goodness of fit"), here with the probe's certainty as the stimulus.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rung.evidence.readiness.probe import FloatArray
from rung.stats.critical import normal_critical

_BINS = 200
_CANDIDATES = 31
_STEPS = 10
_STARTS = tuple(np.array(start) for start in ((1.0, 0.0), (3.0, 1.0), (0.0, -2.0), (6.0, 2.0)))
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
    curve = _Curve(_binned(certainty, differs))
    candidates = np.linspace(0.0, float(differs.mean()), _CANDIDATES)
    losses = [curve.loss(floor) for floor in candidates]
    allowed = min(losses) + normal_critical(level) ** 2 / (2.0 * weight)
    first = next(place for place, loss in enumerate(losses) if loss <= allowed)
    if first == 0:
        return 0.0
    low, high = float(candidates[first - 1]), float(candidates[first])
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if curve.loss(middle) <= allowed else (middle, high)
    return low


def _binned(certainty: FloatArray, differs: NDArray[np.bool_]) -> _Points:
    """Mean certainty, items and differing items of bins of equal size, the likelihood being flat within them."""
    order = np.argsort(certainty, kind="stable")
    parts = np.array_split(order, min(_BINS, len(order)))
    means = np.array([certainty[part].mean() for part in parts])
    spread = float(means.std()) or 1.0
    return (
        (means - means.mean()) / spread,
        np.array([len(part) for part in parts], dtype=np.float64),
        np.array([differs[part].sum() for part in parts], dtype=np.float64),
    )


class _Curve:
    """The best curve for each floor; a search starts where the last one ended, since neighbours are alike."""

    def __init__(self, points: _Points) -> None:
        self._points = points
        self._start: FloatArray = np.array([1.0, 0.0])

    def loss(self, floor: float) -> float:
        """The smallest negative log likelihood of any curve with this floor."""
        from scipy.optimize import minimize

        def of(curve: FloatArray) -> float:
            return _negative_log_likelihood(floor, float(curve[0]), float(curve[1]), self._points)

        starts = (self._start, *_STARTS)
        best = min(starts, key=of)
        found = minimize(of, best, method="Nelder-Mead", options={"xatol": 0.01, "fatol": 0.01})
        self._start = np.asarray(found.x, dtype=np.float64)
        return float(found.fun)


def _negative_log_likelihood(floor: float, offset: float, log_slope: float, points: _Points) -> float:
    means, items, differing = points
    slope = np.exp(np.clip(log_slope, -10.0, 10.0))
    chance = floor + (1.0 - floor) / (1.0 + np.exp(np.clip(offset + slope * means, -50.0, 50.0)))
    chance = np.clip(chance, _SMALLEST, 1.0 - _SMALLEST)
    return float(-(differing * np.log(chance) + (items - differing) * np.log1p(-chance)).sum())
