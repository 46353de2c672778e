"""Differences between two arms whose share of the traffic is known and changes.

A request goes to the candidate with a known chance p. Its outcome Y, weighted by the chance it had, is an unbiased
observation of the difference of the two means however p and the base rate move (Horvitz and Thompson 1952;
arXiv:2010.09686 bets on such values).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, as_values


@dataclass(frozen=True, slots=True)
class Weighted:
    """Values whose mean is candidate minus current, shape (n,), and the ends that each had to lie between."""

    values: FloatArray
    least: FloatArray
    most: FloatArray


def propensity_difference(
    outcomes: ArrayLike, candidate: ArrayLike, propensity: ArrayLike, *, centre: float = 0.0
) -> Weighted:
    """`(Y - centre) / p` for requests that the candidate got, `-(Y - centre) / (1 - p)` for the others.

    `outcomes` lie in [0, 1], shape (n,); `candidate` is 1 where the candidate was assigned (whoever answered in
    the end); `propensity` is the chance p in (0, 1) that it had, one number or shape (n,). A `centre` in [0, 1]
    near the usual outcome narrows the spread and changes no mean; it must not be taken from these outcomes.
    """
    outcome, arm = as_values(outcomes), as_values(candidate)
    if arm.shape != outcome.shape or not np.isin(arm, (0.0, 1.0)).all():
        raise ValueError("candidate must be 0 or 1, one per outcome")
    if (outcome < 0).any() or (outcome > 1).any() or not 0.0 <= centre <= 1.0:
        raise ValueError("outcomes and centre must lie in [0, 1]")
    chance = np.broadcast_to(np.asarray(propensity, dtype=np.float64), outcome.shape)
    if (chance <= 0).any() or (chance >= 1).any():
        raise ValueError("propensity must lie between 0 and 1; without both arms there is no comparison")
    shifted = outcome - centre
    values = np.where(arm == 1.0, shifted / chance, -shifted / (1 - chance))
    least = np.minimum(-centre / chance, -(1 - centre) / (1 - chance))
    most = np.maximum((1 - centre) / chance, centre / (1 - chance))
    return Weighted(values, least, most)
