"""Weighted least squares for many curves at once.

For a given b the curve is linear in a and c, and the best a and c within their bounds have a closed form: the quadratic
is convex, so its least value lies inside the bounds or on an edge. b alone is searched, over a grid that every fit
goes through whole and that is then narrowed around its best place. No fit can stay in a local minimum that the grid
resolves, which is what several starting points are for; and a thousand fits are a few matrix products.
"""

from __future__ import annotations

import numpy as np

from rung.forecast.learning_curve.curve import LEAST_B, MOST_B, Curves, FloatArray

GRID = np.concatenate([np.geomspace(LEAST_B, 0.1, 8, endpoint=False), np.linspace(0.1, MOST_B, 58)])
NARROWINGS = 4
PLACES = 9
"""Per narrowing, between the neighbours of the best place: b is known to about 1e-5 after four."""


def fit_curves(sizes: FloatArray, errors: FloatArray, weights: FloatArray) -> Curves:
    """The curves that minimise sum over points of weight x (error - c - a n^-b)^2 within the bounds.

    `sizes` shape (points,), above 0; `errors` and `weights` shape (fits, points), weights not negative and not all 0 in
    a row. One curve for each row.
    """
    # The unit of n is the largest size: a is then of the size of an error, and the sums are well conditioned.
    log_sizes = np.log(sizes / sizes.max())
    moments = _Moments(errors, weights)
    grid = np.broadcast_to(GRID, (len(errors), len(GRID)))
    loss, a, c = moments.best(np.exp(-log_sizes[:, None] * GRID))
    best = loss.argmin(axis=1)
    rows = np.arange(len(errors))
    low, high = grid[rows, np.maximum(best - 1, 0)], grid[rows, np.minimum(best + 1, len(GRID) - 1)]
    found = (loss[rows, best], a[rows, best], c[rows, best], grid[rows, best])
    for _ in range(NARROWINGS):
        places = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, PLACES)
        loss, a, c = moments.best_each(np.exp(-log_sizes[None, :, None] * places[:, None, :]))
        best = loss.argmin(axis=1)
        new = (loss[rows, best], a[rows, best], c[rows, best], places[rows, best])
        better = new[0] < found[0]
        found = tuple(np.where(better, one, other) for one, other in zip(new, found, strict=True))
        low, high = places[rows, np.maximum(best - 1, 0)], places[rows, np.minimum(best + 1, PLACES - 1)]
    _, a_best, c_best, b_best = found
    return Curves(a_best * float(sizes.max()) ** b_best, b_best, c_best)


class _Moments:
    """The sums of each fit that do not depend on b."""

    def __init__(self, errors: FloatArray, weights: FloatArray) -> None:
        self._weights = weights / weights.sum(axis=1, keepdims=True)
        self._weighted = self._weights * errors
        self._y = self._weighted.sum(axis=1)
        self._yy = (self._weighted * errors).sum(axis=1)

    def best(self, powers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(loss, a, c), each of shape (fits, places), for powers n^-b of shape (points, places)."""
        return self._solve(self._weights @ powers, self._weights @ powers**2, self._weighted @ powers)

    def best_each(self, powers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The same where each fit has powers of its own: shape (fits, points, places)."""
        return self._solve(
            np.einsum("fp,fpb->fb", self._weights, powers),
            np.einsum("fp,fpb->fb", self._weights, powers**2),
            np.einsum("fp,fpb->fb", self._weighted, powers),
        )

    def _solve(self, x: FloatArray, xx: FloatArray, xy: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The inner point where it is allowed, else the best of the edges a = 0, c = 0 and c = 1."""
        y, yy = self._y[:, None], self._yy[:, None]
        spread = xx - x**2
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(spread > 1e-14, (xy - x * y) / spread, 0.0)
        inside = y - slope * x
        flat = np.broadcast_to(np.clip(y, 0.0, 1.0), x.shape)
        through_zero = np.maximum(xy / xx, 0.0)
        candidates = (
            (slope, inside, (slope >= 0) & (inside >= 0) & (inside <= 1)),
            (np.zeros_like(x), flat, np.ones(x.shape, dtype=bool)),
            (through_zero, np.zeros_like(x), np.ones(x.shape, dtype=bool)),
        )
        loss, a, c = np.full(x.shape, np.inf), np.zeros_like(x), np.zeros_like(x)
        for one_a, one_c, allowed in candidates:
            value = yy - 2 * one_c * y - 2 * one_a * xy + one_c**2 + 2 * one_a * one_c * x + one_a**2 * xx
            better = allowed & (value < loss)
            loss, a, c = np.where(better, value, loss), np.where(better, one_a, a), np.where(better, one_c, c)
        return loss, a, c
