"""A mean of unbounded values that may be read at any time, once there are many of them.

The normal mixture with the variance seen so far (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024,
arXiv:2103.06476). Valid in the limit of many values only, so nothing is told before a stated number;
and only while the values come from one distribution, such as one step of a rollout with a constant split.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

from numpy.typing import ArrayLike

from rung.stats.clustered import as_values
from rung.stats.critical import upper_tail
from rung.stats.interval import Interval

FEWEST = 100  # fewer values have no normal limit to speak of


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and sum of squared deviations of the values so far; a value that can be stored."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def update(self, values: ArrayLike) -> Moments:
        """These moments with `values`, shape (n,), added; exact for any batch size (Chan, Golub, LeVeque 1983)."""
        array = as_values(values)
        mean, count = float(array.mean()), self.n + array.size
        gap = mean - self.mean
        return Moments(
            count,
            self.mean + gap * array.size / count,
            self.squares + float(((array - mean) ** 2).sum()) + gap**2 * self.n * array.size / count,
        )


def asymptotic_sequence(moments: Moments, *, level: float, tuned_at: float = 1000.0) -> Interval:
    """The mean, in the unit of the values, two-sided at `level` at all n at once; tightest near n = `tuned_at`.

    With rho^2 = (-2 ln a + ln(1 - 2 ln a)) / tuned_at and a = 1 - level, the ends lie
    s sqrt(2 (n rho^2 + 1) / (n rho)^2 ln(sqrt(n rho^2 + 1) / a)) from the mean. Both ends None before 100 values.
    """
    alpha = 2 * upper_tail(level)
    if tuned_at <= 0:
        raise ValueError(f"tuned_at must be positive, got {tuned_at}")
    n = moments.n
    if n < FEWEST:
        return Interval(moments.mean, None, None, f"too few items: n={n}, {FEWEST} needed")
    square = (-2 * log(alpha) + log(1 - 2 * log(alpha))) / tuned_at
    spread = sqrt(moments.squares / (n - 1))
    if spread == 0.0:
        return Interval(moments.mean, None, None, f"all {n} values are equal: their spread is unknown")
    growth = n * square + 1
    reach = spread * sqrt(2 * growth / (n * n * square) * log(sqrt(growth) / alpha))
    return Interval(moments.mean, moments.mean - reach, moments.mean + reach)
