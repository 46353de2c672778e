"""Evidence about the mean of bounded values, by betting against a claim about it.

Who bets the share `fraction` of the wealth, at each value, on "above m", turns 1 into

    prod (1 + fraction * (x - m) / (m - least)),        least: the smallest value possible

and, whoever bets on nothing but the past, cannot expect to gain if the mean is at most m (Waudby-Smith and Ramdas
2024, arXiv:2010.09686). Wealth of 1 / alpha is therefore evidence at level alpha, at whatever time one looks. Which
fraction is best is not known beforehand, so the stake is spread over many: those that a beta around m, tuned to a
number of values, would call for, which makes the process for outcomes 0/1 the one-sided beta-binomial one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.clustered import as_values
from rung.stats.sequential.beta_binomial import tuned_beta

FloatArray = NDArray[np.float64]

_FRACTIONS = 48  # more make no difference that can be seen: the stakes between two neighbours win much the same
_TUNED_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Bets:
    """A test of "the mean is at most `null`" as far as it has come; a value that can be stored and taken up again.

    `log_wealths` belong to `fractions`, in the same order. `log_evidence` is the log of their mean now, and `peak`
    the largest it was after any update: reject at level alpha once `peak` reaches log(1 / alpha). `n` counts values.
    """

    null: float
    fractions: tuple[float, ...]
    log_wealths: tuple[float, ...]
    log_evidence: float = 0.0
    peak: float = 0.0
    n: int = 0


def start_bets(null: float, *, least: float = 0.0, most: float = 1.0, tuned_at: float = 300.0) -> Bets:
    """Bets that the mean of values in [least, most] exceeds `null`; most telling after about `tuned_at` values."""
    if not least < null < most:
        raise ValueError(f"null must lie between {least} and {most}, got {null}")
    fractions = betting_fractions((null - least) / (most - least), tuned_at=tuned_at)
    return Bets(null, tuple(fractions.tolist()), (0.0,) * fractions.size)


def place_bets(bets: Bets, values: ArrayLike, *, least: ArrayLike = 0.0) -> Bets:
    """`bets` after `values`, shape (n,), which were not known when the bets were made.

    `least` is the smallest that each could have been, one number or shape (n,), known before the value: it may
    change with the traffic split, never with the value.
    """
    array = as_values(values)
    floor = np.broadcast_to(np.asarray(least, dtype=np.float64), array.shape)
    if (array < floor).any():
        raise ValueError("a value lies below the smallest one possible")
    if (floor >= bets.null).any():
        raise ValueError("the smallest possible value must lie below the claimed mean")
    gains = log_gains(array, floor, bets.null, np.asarray(bets.fractions))
    wealths = np.asarray(bets.log_wealths) + gains.sum(axis=0)
    evidence = log_mean(wealths)
    return replace(
        bets,
        log_wealths=tuple(wealths.tolist()),
        log_evidence=evidence,
        peak=max(bets.peak, evidence),
        n=bets.n + array.size,
    )


def betting_fractions(share: float, *, tuned_at: float) -> FloatArray:
    """Equally likely fractions in (0, 1), rising, shape (48,), for a claimed mean of `share` of the range.

    A bet of fraction f on "above share" is the likelihood ratio of a success rate share + f (1 - share) over
    share; the rates are quantiles of the beta of `tuned_at` trials, cut off below share.
    """
    from scipy.special import betainc, betaincinv

    first, second = tuned_beta(share, tuned_at=tuned_at, alpha=_TUNED_ALPHA, one_sided=True)
    # From the top, where a share near 1 would otherwise lose all digits.
    above = float(betainc(second, first, 1 - share))
    tails = above * (np.arange(_FRACTIONS, 0, -1) - 0.5) / _FRACTIONS
    distance = np.asarray(betaincinv(second, first, tails), dtype=np.float64)
    fractions = 1.0 - distance / (1 - share)
    return np.clip(fractions, 1e-6, 1 - 1e-6)


def log_gains(values: FloatArray, least: FloatArray, mean: float, fractions: FloatArray) -> FloatArray:
    """Log factor of the wealth, shape (n, n_fractions), of each value under each fraction, against `mean`."""
    odds = (values - least) / (mean - least) - 1.0
    return np.log1p(np.multiply.outer(odds, fractions))


def log_mean(log_wealths: FloatArray) -> float:
    """Log of the mean of exp(`log_wealths`), without overflow."""
    top = float(log_wealths.max())
    return top + log(float(np.exp(log_wealths - top).sum()) / log_wealths.size)
