"""Many fits of the law at once, one for each row of losses: what makes a thousand bootstrap draws quick."""

from __future__ import annotations

import numpy as np

from rung.forecast.scaling.law import FloatArray
from rung.forecast.scaling.objective import HIGH, LOW, Points, huber, predicted, with_slopes

MOST_STEPS = 120
SMALL_STEP = 1e-7
LEAST_DAMPING, MOST_DAMPING = 1e-9, 1e9


def many_fits(points: Points, log_losses: FloatArray, starts: FloatArray, *, transition: float) -> FloatArray:
    """The parameters that minimise Huber's loss for each row, shape (rows, 5).

    `log_losses` (rows, runs); `starts` (rows, 5). Levenberg and Marquardt's steps (Marquardt 1963) on squares
    reweighted for Huber's loss (Holland and Welsch 1977), each row with a damping of its own; a row never gets worse
    than its start.
    """
    theta = np.clip(starts, LOW, HIGH)
    damping = np.full(len(theta), 1e-2)
    costs = huber(log_losses - predicted(points, theta), transition)
    going = np.ones(len(theta), dtype=bool)
    for _ in range(MOST_STEPS):
        rows = np.flatnonzero(going)
        if rows.size == 0:
            break
        tried = np.clip(
            theta[rows] + _step(points, log_losses[rows], theta[rows], damping[rows], transition), LOW, HIGH
        )
        new = huber(log_losses[rows] - predicted(points, tried), transition)
        better = new < costs[rows]
        moved = np.abs(tried - theta[rows]).max(axis=1)
        gained = costs[rows] - new
        theta[rows[better]] = tried[better]
        # A tiny gain or a tiny step ends a row; so does damping that no step of any length gets past.
        done = (better & (gained <= 1e-9 * costs[rows])) | (moved < SMALL_STEP)
        costs[rows[better]] = new[better]
        damping[rows] = np.clip(np.where(better, damping[rows] / 5, damping[rows] * 4), LEAST_DAMPING, MOST_DAMPING)
        going[rows[done | (damping[rows] >= MOST_DAMPING)]] = False
    return theta


def _step(
    points: Points, log_losses: FloatArray, theta: FloatArray, damping: FloatArray, transition: float
) -> FloatArray:
    fitted, slopes = with_slopes(points, theta)
    residuals = log_losses - fitted
    weights = np.minimum(1.0, transition / np.maximum(np.abs(residuals), 1e-300))
    weighted = slopes * weights[..., None]
    curvature = np.einsum("mni,mnj->mij", weighted, slopes)
    gradient = np.einsum("mni,mn->mi", weighted, residuals)
    # Damped by the size of each parameter's own curvature, with a floor: a term that has vanished has none.
    own = np.einsum("mii->mi", curvature)
    floor = 1e-6 * own.max(axis=1, keepdims=True) + 1e-12
    curvature = curvature + (damping[:, None] * np.maximum(own, floor))[:, :, None] * np.eye(5)
    return np.asarray(np.linalg.solve(curvature, gradient[..., None])[..., 0])
