"""What the fits at several sizes did to the same items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.forecast.learning_curve.curve import FloatArray

WHOLE = -1
"""The repeat of a fit on all of train: it belongs to every repeat."""


@dataclass(frozen=True, slots=True)
class Observed:
    """`wrong` is 1 where the answer was wrong, shape (fits, items), the same items for every fit.

    `step` numbers the planned size of each fit, `labels` is the number of training items that it really had, `repeat`
    the random order of train that it came from (`WHOLE` for all of train). `group` holds a number for each item; items
    of one group are drawn together.
    """

    step: NDArray[np.intp]
    labels: FloatArray
    repeat: NDArray[np.intp]
    wrong: FloatArray
    group: NDArray[np.intp]

    def __post_init__(self) -> None:
        fits = len(self.step)
        if self.labels.shape != (fits,) or self.repeat.shape != (fits,) or self.wrong.shape != (fits, len(self.group)):
            raise ValueError("step, labels, repeat and the rows of wrong must be of the same fits")
        if not np.isin(self.wrong, (0.0, 1.0)).all():
            raise ValueError("wrong must hold 0 and 1")

    @property
    def items(self) -> int:
        return len(self.group)

    @property
    def groups(self) -> int:
        return len(np.unique(self.group))

    @property
    def steps(self) -> list[int]:
        """The planned sizes at which there is a fit, smallest first."""
        return [int(one) for one in np.unique(self.step)]

    @property
    def repeats(self) -> list[int]:
        """The random orders that there are."""
        return [int(one) for one in np.unique(self.repeat[self.repeat != WHOLE])]

    @property
    def errors(self) -> FloatArray:
        """The share of wrong answers of each fit."""
        return np.asarray(self.wrong.mean(axis=1), dtype=np.float64)

    def labels_at(self, step: int) -> float:
        """Mean number of training items of the fits at a planned size."""
        return float(self.labels[self.step == step].mean())

    def up_to(self, step: int) -> Observed:
        """The fits at this planned size and below."""
        return self.of(self.step <= step)

    def of(self, fits: NDArray[np.bool_]) -> Observed:
        """These fits alone."""
        return Observed(self.step[fits], self.labels[fits], self.repeat[fits], self.wrong[fits], self.group)
