"""The learning curve err(n) = c + a n^-b, for one set of constants or for many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
MOST_B = 2.0
LEAST_B = 0.01
"""Below this the curve is a straight line in log n over any range that can be measured."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Constants of shape (draws,): a >= 0, `LEAST_B` <= b <= `MOST_B`, 0 <= c <= 1.

    The power law with a floor that Viering and Loog (2022, "The Shape of Learning Curves", arXiv:2103.10948) call POW3.
    """

    a: FloatArray
    b: FloatArray
    c: FloatArray

    def error_at(self, labels: ArrayLike) -> FloatArray:
        """Share of wrong answers in [0, 1], shape (draws, n_labels). The curve may leave [0, 1] far below the smallest
        size; it is cut there."""
        sizes = np.atleast_1d(np.asarray(labels, dtype=np.float64))
        return np.clip(self.c[:, None] + self.a[:, None] * sizes ** -self.b[:, None], 0.0, 1.0)

    def labels_for(self, error: ArrayLike) -> FloatArray:
        """The labels at which the curve reaches the error, shape (draws,); infinity where it never does, at least 1.

        (a / (error - c))^(1 / b). `error` is one number or one for each draw.
        """
        room = np.broadcast_to(np.asarray(error, dtype=np.float64), self.c.shape) - self.c
        reached = room > 0
        # In logarithms: a small b makes the power overflow, and 1e300 labels are as unreachable as infinity.
        log_labels = np.full(self.c.shape, np.inf)
        positive = reached & (self.a > 0)
        log_labels[positive] = (np.log(self.a[positive]) - np.log(room[positive])) / self.b[positive]
        log_labels[reached & (self.a == 0)] = 0.0
        return np.exp(np.where(log_labels < 700.0, np.maximum(log_labels, 0.0), np.inf))

    def __getitem__(self, chosen: slice) -> Curves:
        return Curves(self.a[chosen], self.b[chosen], self.c[chosen])
