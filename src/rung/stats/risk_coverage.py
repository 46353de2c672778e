"""What is left of the errors when only the surest answers are given.

The selective risk at coverage k / n is the share of wrong answers among the k surest of n (El-Yaniv and Wiener 2010,
JMLR 11); the area under it over all k is AURC, and an order that puts every wrong answer last reaches the smallest one
(Geifman, Uziel and El-Yaniv 2019, arXiv:1805.08206). Answers of equal confidence have no order, so everything here is
the mean over all orders of them, which is exact: the k-th risk is linear in the errors among the first k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, IndexArray, as_values, cluster_codes
from rung.stats.critical import upper_tail
from rung.stats.interval import Interval
from rung.stats.resampling import times_drawn
from rung.stats.sums import ONE_CLUSTER


@dataclass(frozen=True, slots=True)
class RankedErrors:
    """Answers by confidence, surest first. `order` sorts the items, shape (n_items,); `starts` are the places in that
    order where another confidence begins; `wrong` is 0 or 1 for each item, in the order given."""

    order: IndexArray
    starts: IndexArray
    wrong: FloatArray

    def blocks(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How many items, and how many wrong ones, each confidence has when items count `weights` times."""
        counted = weights[self.order]
        return np.add.reduceat(counted, self.starts), np.add.reduceat(counted * self.wrong[self.order], self.starts)


def ranked_errors(confidence: ArrayLike, wrong: ArrayLike) -> RankedErrors:
    """The items ranked. `confidence` may be any number; -inf stands for an item that comes after all others."""
    sureness, errors = np.asarray(confidence, dtype=np.float64), as_values(wrong)
    if sureness.shape != errors.shape or np.isnan(sureness).any():
        raise ValueError(f"need one confidence per item, got {sureness.shape} for {errors.size} items")
    if not np.isin(errors, (0.0, 1.0)).all():
        raise ValueError("wrong must be 0 or 1")
    order = np.argsort(-sureness, kind="stable")
    ordered = sureness[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return RankedErrors(order, starts, errors)


def selective_risk(confidence: ArrayLike, wrong: ArrayLike) -> FloatArray:
    """The share of wrong answers among the k surest, for k = 1 .. n_items: shape (n_items,)."""
    ranked = ranked_errors(confidence, wrong)
    sizes, errors = ranked.blocks(np.ones(ranked.wrong.size))
    rates = np.repeat(errors / sizes, sizes.astype(np.intp))
    return np.cumsum(rates) / np.arange(1, rates.size + 1)


def risk_coverage_area(confidence: ArrayLike, wrong: ArrayLike) -> float:
    """The mean of `selective_risk` over all coverages (AURC), in [0, 1]; the error rate when all are equally sure."""
    ranked = ranked_errors(confidence, wrong)
    return _area(*ranked.blocks(np.ones(ranked.wrong.size)), _harmonic(ranked.wrong.size))


def best_area(errors: int, items: int) -> float:
    """The smallest area that `errors` wrong answers among `items` allow: all of them last."""
    if not 0 <= errors <= items or items < 1:
        raise ValueError(f"need 0 <= errors <= items and items >= 1, got {errors} of {items}")
    right = items - errors
    places = np.arange(right + 1, items + 1)
    return float(((places - right) / places).sum() / items)


def area_intervals(
    confidence: ArrayLike,
    wrong: ArrayLike,
    clusters: ArrayLike,
    *,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Interval, Interval]:
    """(the area, the smallest one possible), each with the percentile bootstrap interval over whole clusters.

    Both ends None where the data show no spread: answers all right or all wrong, or a single cluster.
    """
    ranked = ranked_errors(confidence, wrong)
    n, errors = ranked.wrong.size, int(ranked.wrong.sum())
    area, best = risk_coverage_area(confidence, wrong), best_area(errors, n)
    codes, count = cluster_codes(clusters, n)
    if count == 1 or errors in {0, n}:
        why = ONE_CLUSTER if count == 1 else f"all {n} answers are {'wrong' if errors else 'right'}: no spread is known"
        return Interval(area, None, None, why), Interval(best, None, None, why)
    harmonic = _harmonic(2 * n)
    areas, bests = np.empty(draws), np.empty(draws)
    for draw in range(draws):
        sizes, wrongs = ranked.blocks(times_drawn(count, rng)[codes])
        total, lost = float(sizes.sum()), float(wrongs.sum())
        if total >= harmonic.size:  # large groups were drawn often
            harmonic = _harmonic(2 * int(total))
        areas[draw] = _area(sizes, wrongs, harmonic)
        bests[draw] = _area(np.array([total - lost, lost]), np.array([0.0, lost]), harmonic)
    note = "" if count == n else f"clustered: {n} items in {count} groups"
    return _percentiles(area, areas, level, note), _percentiles(best, bests, level, note)


def _area(sizes: FloatArray, errors: FloatArray, harmonic: FloatArray) -> float:
    """The area of blocks of equal confidence, surest first; sizes are whole numbers.

    A block of m items with e errors after K items with E errors has the risks (E + j e / m) / (K + j), j = 1 .. m. With
    r = e / m they sum to e + (E - K r)(H(K + m) - H(K)), where H are the harmonic numbers.
    """
    rates = np.divide(errors, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    after, lost = np.cumsum(sizes), np.cumsum(errors)
    before = after - sizes
    steps = harmonic[after.astype(np.intp)] - harmonic[before.astype(np.intp)]
    return float((errors + (lost - errors - before * rates) * steps).sum() / after[-1])


def _harmonic(most: int) -> FloatArray:
    """The harmonic numbers H(0) .. H(most)."""
    return np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, most + 1))])


def _percentiles(value: float, drawn: FloatArray, level: float, note: str) -> Interval:
    tail = upper_tail(level)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(value, min(value, float(low)), max(value, float(high)), note)
