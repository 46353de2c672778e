"""How far a sum may wander by chance, at every time at once: Robbins' normal mixture.

For a sum whose exponential process exp(s lambda - v lambda^2 / 2) is a supermartingale (normal increments of known
variance, or bounded ones with v = range^2 / 4 each), the chance that it ever crosses the bound is at most alpha.
Howard, Ramdas, McAuliffe and Sekhon 2021 (arXiv:1810.08240).
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.sequential.crossing import crossing

FloatArray = NDArray[np.float64]


def normal_mixture_bound(variance: ArrayLike, *, alpha: float, tuned_at: float, one_sided: bool = False) -> FloatArray:
    """The largest sum that chance explains after intrinsic time `variance`; the shape of `variance`.

    The bound is tightest near the variance `tuned_at`, and valid at all others. Two-sided: the absolute value of
    the sum stays below it; one-sided: the sum itself does. In the unit of the sum, `variance` in its square.
    """
    check_alpha(alpha)
    times = np.asarray(variance, dtype=np.float64)
    if (times < 0).any():
        raise ValueError("variance must not be negative")
    precision = mixture_precision(tuned_at, alpha=alpha, one_sided=one_sided)
    if not one_sided:
        total = times + precision
        return np.asarray(np.sqrt(total * (np.log(total / precision) - 2 * log(alpha))))
    flat = [_one_sided(float(time), precision, -log(alpha)) for time in times.ravel()]
    return np.asarray(flat, dtype=np.float64).reshape(times.shape)


def log_normal_mixture(total: float, variance: float, *, precision: float, one_sided: bool = False) -> float:
    """Log of the mixture of exp(s lambda - v lambda^2 / 2) over a normal lambda of `precision`.

    One-sided: over the half-normal of positive lambda. Starts at 0 for s = v = 0; reject at log(1 / alpha).
    """
    from scipy.special import log_ndtr

    spread = variance + precision
    value = 0.5 * log(precision / spread) + total**2 / (2 * spread)
    return value + log(2.0) + float(log_ndtr(total / sqrt(spread))) if one_sided else value


def mixture_precision(tuned_at: float, *, alpha: float, one_sided: bool = False) -> float:
    """The precision of the mixing normal that (nearly) minimises the bound at intrinsic time `tuned_at` (> 0)."""
    check_alpha(alpha)
    if tuned_at <= 0:
        raise ValueError(f"tuned_at must be positive, got {tuned_at}")
    both = min(2 * alpha, 0.999) if one_sided else alpha
    return tuned_at / (-2 * log(both) + log(1 - 2 * log(both)))


def check_alpha(alpha: float) -> None:
    """ValueError unless `alpha` is a probability of error between 0 and 1."""
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha}")


def _one_sided(variance: float, precision: float, threshold: float) -> float:
    # The two-sided bound at half the error is never below the one-sided one at the whole.
    spread = variance + precision
    beyond = sqrt(spread * (log(spread / precision) + 2 * (threshold + log(2.0)))) + 1.0

    def room(total: float) -> float:
        return threshold - log_normal_mixture(total, variance, precision=precision, one_sided=True)

    return crossing(room, 0.0, beyond)
