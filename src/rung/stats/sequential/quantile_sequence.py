"""A quantile, such as the p95 of latencies, that may be read at any time.

Of the values so far, those at or below the true quantile number like successes with probability `probability`.
Counts that the one-sided beta-binomial mixture rejects are impossible ranks of it (Howard and Ramdas 2022,
arXiv:1906.09712). Ties and jumps of the distribution do no harm.
"""

from __future__ import annotations

from math import ceil, log

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import as_values
from rung.stats.critical import upper_tail
from rung.stats.interval import Interval
from rung.stats.sequential.beta_binomial import log_beta_binomial, tuned_beta


def quantile_sequence(values: ArrayLike, probability: float, *, level: float, tuned_at: float = 1000.0) -> Interval:
    """The quantile of `values` (linear interpolation, type 7) with ends valid at all n at once, in their unit.

    Two-sided at `level`, each end a one-sided bound at (1 - level) / 2; tightest after about `tuned_at` values. The
    values are independent. An end beyond the extreme values is None, and `note` says how many would bound it.
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability must lie between 0 and 1, got {probability}")
    ordered = np.sort(as_values(values))
    n = ordered.size
    mid = float(np.quantile(ordered, probability))
    lower, upper = sequence_ranks(n, probability, level=level, tuned_at=tuned_at)
    low = None if lower is None else min(mid, float(ordered[lower - 1]))
    high = None if upper is None else max(mid, float(ordered[upper - 1]))
    notes = []
    for end, share, side in ((high, probability, "above"), (low, 1 - probability, "below")):
        if end is None:
            needed = values_to_bound_always(share, level=level, tuned_at=tuned_at)
            notes.append(f"too few items to bound it from {side} at any time: n={n}, {needed} needed")
    return Interval(mid, low, high, "; ".join(notes))


def sequence_ranks(n: int, probability: float, *, level: float, tuned_at: float) -> tuple[int | None, int | None]:
    """Ranks, from 1, of the two order statistics of `n` values that hold the quantile; None where none reaches."""
    threshold = -log(upper_tail(level))
    fewest = _most_rejected(n, 1 - probability, threshold, tuned_at)  # values above: too many of them rejected
    most = _most_rejected(n, probability, threshold, tuned_at)
    lower = None if fewest is None else n - fewest + 1
    upper = most
    return lower, upper


def values_to_bound_always(probability: float, *, level: float, tuned_at: float) -> int:
    """The fewest values whose largest bounds the quantile from above at any time."""
    threshold = -log(upper_tail(level))
    enough = 1
    while _most_rejected(enough, probability, threshold, tuned_at) is None:
        enough *= 2
    short = enough // 2
    while enough - short > 1:
        middle = (enough + short) // 2
        if _most_rejected(middle, probability, threshold, tuned_at) is None:
            short = middle
        else:
            enough = middle
    return ceil(enough)


def _most_rejected(n: int, share: float, threshold: float, tuned_at: float) -> int | None:
    """The smallest count of successes out of `n` that rejects every success rate up to `share`; None if none does."""
    prior = tuned_beta(share, tuned_at=tuned_at, alpha=0.05, one_sided=True)

    def rejects(count: int) -> bool:
        return log_beta_binomial(count, n - count, share, prior, one_sided=True) >= threshold

    if not rejects(n):
        return None
    kept, rejected = int(n * share), n
    if rejects(kept):
        return kept
    while rejected - kept > 1:
        middle = (kept + rejected) // 2
        if rejects(middle):
            rejected = middle
        else:
            kept = middle
    return rejected
