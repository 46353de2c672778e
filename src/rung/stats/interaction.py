"""Does a segment gain more, or less, than the rest?

"Significant in this segment, not in that one" does not answer this: the two may differ in size only (Gelman and
Stern 2006). The difference of the two differences does.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, IndexArray, as_values, cluster_codes, cluster_totals
from rung.stats.interval import Interval
from rung.stats.paired import paired_difference


def interaction(
    first: ArrayLike, second: ArrayLike, in_segment: ArrayLike, clusters: ArrayLike, *, level: float
) -> Interval:
    """The mean difference (first minus second) in the segment less that in the rest, with its interval.

    All of shape (n_items,), `in_segment` true or false. Each side has the interval of `paired_difference`; the two
    are combined by the squares of their reaches (MOVER: Newcombe 1998, Zou and Donner 2008), less twice their
    product times the correlation of the two means where clusters have items on both sides. An end is None where
    a side cannot bound it. ValueError when either side is empty.
    """
    one, two = as_values(first), as_values(second)
    inside, names = np.asarray(in_segment, dtype=bool), np.asarray(clusters)
    if not one.shape == two.shape == inside.shape == names.shape:
        raise ValueError(f"all must be of the same items, got {one.size}, {two.size}, {inside.size} and {names.size}")
    if inside.all() or not inside.any():
        raise ValueError("need items both in the segment and outside of it")
    here = paired_difference(one[inside], two[inside], names[inside], level=level)
    rest = paired_difference(one[~inside], two[~inside], names[~inside], level=level)
    codes, _ = cluster_codes(names, one.size)
    correlation = _correlation(one - two, inside, codes)
    mid = here.mid - rest.mid
    low = None if here.low is None or rest.high is None else (here.mid - here.low, rest.high - rest.mid)
    high = None if here.high is None or rest.low is None else (here.high - here.mid, rest.mid - rest.low)
    notes = [f"{side}: {part.note}" for side, part in (("segment", here), ("rest", rest)) if part.note]
    return Interval(
        mid,
        None if low is None else mid - _reach(*low, correlation),
        None if high is None else mid + _reach(*high, correlation),
        "; ".join(notes),
    )


def _reach(one: float, two: float, correlation: float) -> float:
    return sqrt(max(0.0, one**2 + two**2 - 2 * correlation * one * two))


def _correlation(differences: FloatArray, inside: np.ndarray, codes: IndexArray) -> float:
    """Correlation of the two means through clusters with items on both sides, in [-1, 1]; 0 without such clusters."""
    totals = []
    for side in (inside, ~inside):
        deviations = np.where(side, differences - differences[side].mean(), 0.0)
        totals.append(cluster_totals(deviations, codes))
    spread = float(np.sqrt((totals[0] ** 2).sum() * (totals[1] ** 2).sum()))
    return float(np.clip((totals[0] * totals[1]).sum() / spread, -1.0, 1.0)) if spread > 0.0 else 0.0
