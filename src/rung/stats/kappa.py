"""How far two annotators, or a judge and a person, agree beyond chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import clustered_mean
from rung.stats.interval import Interval


def cohen_kappa(
    first: Sequence[Hashable], second: Sequence[Hashable], *, level: float, clusters: ArrayLike | None = None
) -> Interval:
    """Cohen's kappa of two sets of labels for the same items, with its interval; 1 is full agreement, 0 chance's.

    (p - e) / (1 - e), with p the share of items on which they agree and e the share expected of their own label
    frequencies (Cohen 1960). The error is that of Fleiss, Cohen and Everitt (1969), written as the mean of one
    term per item, so that clusters and Student's t enter as for any mean. Full agreement, or one label throughout
    from one of them, has no such spread: both ends None. ValueError when both use one and the same label
    throughout: there is no kappa then.
    """
    if len(first) != len(second) or len(first) == 0:
        raise ValueError(f"need labels of the same items, got {len(first)} and {len(second)}")
    codes = {label: code for code, label in enumerate(dict.fromkeys([*first, *second]))}
    one, two = np.array([codes[label] for label in first]), np.array([codes[label] for label in second])
    share_one = np.bincount(one, minlength=len(codes)) / one.size
    share_two = np.bincount(two, minlength=len(codes)) / two.size
    agreed, expected = float(np.mean(one == two)), float(share_one @ share_two)
    if len(codes) == 1:
        raise ValueError("both gave every item the same label: there is no kappa; add items of other labels")
    kappa = (agreed - expected) / (1.0 - expected)
    # Derivatives of kappa by the joint shares of the two labels that an item has.
    terms = (one == two) / (1.0 - expected) - (1.0 - agreed) / (1.0 - expected) ** 2 * (share_two[one] + share_one[two])
    # Full agreement, or a single label from one of them: all terms are equal, to the last bits.
    if np.ptp(terms) <= 1e-12 * np.abs(terms).max():
        return Interval(kappa, None, None, f"all {one.size} items weigh the same: the spread of kappa is unknown")
    spread = clustered_mean(terms, np.arange(one.size) if clusters is None else clusters, level=level)
    if spread.low is None or spread.high is None:
        return Interval(kappa, None, None, spread.note)
    reach = spread.high - spread.mid
    return Interval(kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach), spread.note)
