"""Evaluation that stops as soon as a target is settled.

Groups of items arrive whole and in random order. With total score T and size N of a group, at most `largest`, a
mean score of m over the items of the population means E(T - m N) = 0, whatever items of one group have to do with
each other. Betting the fraction f on "above m" multiplies the wealth by

    1 + f (T / m - N) / largest  >=  1 - f  >  0

at each group, which falls in m: see `mean_sequence`. For groups of one item and outcomes 0/1 this is the one-sided
beta-binomial mixture. The claim is about the population that the items were drawn from, as a target is, and not
about the items that remain; so nothing is gained here from the end of the evaluation set being near, as sampling
without replacement (Waudby-Smith and Ramdas 2020, arXiv:2006.04347) would gain for the mean of the set itself.

`largest` is taken as fixed before the groups were drawn. Read off the evaluation set, as `start_race` does, it is so
as long as the largest group is no accident of the draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, IndexArray, as_values, cluster_codes, cluster_totals
from rung.stats.critical import upper_tail
from rung.stats.sequential.betting import betting_fractions, log_mean
from rung.stats.sequential.crossing import crossing

Settled = Literal["meets", "misses"]


@dataclass(frozen=True, slots=True)
class Race:
    """How far an evaluation has settled one target; a value that can be stored and taken up again.

    Exactly one of `minimum` and `maximum` is set: the target on the mean score, in (0, 1). `low` and `high` bound
    that mean, each end wrong with probability at most (1 - level) / 2 over the whole race. `settled` is final once
    set. `seen` holds (total score, size, how many groups had both); `groups` the names of the groups that came.
    low > high: the groups cannot have come in random order from one population, and the race settles nothing more.
    """

    minimum: float | None
    maximum: float | None
    level: float
    largest: int
    tuned_at: float
    seen: tuple[tuple[float, int, int], ...] = ()
    groups: frozenset[str] = frozenset()
    low: float = 0.0
    high: float = 1.0
    settled: Settled | None = None
    items_used: int = 0

    @property
    def target(self) -> float:
        """The bound that the mean is held to, whichever way."""
        bound = self.minimum if self.maximum is None else self.maximum
        if bound is None:
            raise ValueError("a race needs a minimum or a maximum")
        return bound

    @property
    def empty(self) -> bool:
        """True when no mean fits what came: drift, or an order that was not random."""
        return self.low > self.high


def start_race(
    sizes: Sequence[int], *, level: float, minimum: float | None = None, maximum: float | None = None
) -> Race:
    """A race of the groups of these `sizes` (items each, as the evaluation set has them) against one target.

    The sizes say how large a group can be, and how many groups to tune for; they are known before any outcome.
    """
    if not sizes or min(sizes) < 1:
        raise ValueError("sizes must hold the number of items of every group, each at least 1")
    bound = minimum if maximum is None else maximum
    if bound is None or (minimum is not None and maximum is not None):
        raise ValueError("exactly one of minimum and maximum must be given")
    if not 0.0 < bound < 1.0:
        raise ValueError(f"a target that can be raced lies between 0 and 1, got {bound}")
    upper_tail(level)
    # A third of the groups: late enough to tell small gaps, early enough to save. A group smaller than the
    # largest moves the wealth less, so that the stakes for fewer, larger ones suit it.
    fullness = float(np.mean(sizes)) / max(sizes)
    return Race(minimum, maximum, level, max(sizes), max(1.0, len(sizes) / 3 * fullness**2))


def race(state: Race, scores: ArrayLike, groups: Sequence[str]) -> Race:
    """`state` after a batch of whole groups: `scores` in [0, 1] of their items, and the `groups` they belong to.

    Batches must follow an order drawn at random over groups. ValueError for a group that came before, or that is
    larger than announced: half a group would be counted as a whole one.
    """
    values = as_values(scores)
    if (values < 0).any() or (values > 1).any():
        raise ValueError("scores must lie in [0, 1]")
    names = frozenset(groups)
    if again := names & state.groups:
        raise ValueError(f"group {min(again)!r} came before; a batch must hold whole groups")
    codes, _ = cluster_codes(np.asarray(groups, dtype=object).astype(str), values.size)
    totals, sizes = cluster_totals(values, codes), np.bincount(codes).astype(np.intp)
    if sizes.max() > state.largest:
        raise ValueError(f"a group has {sizes.max()} items, but the largest was to have {state.largest}")
    seen = _merged(state.seen, totals, sizes)
    low, high = _ends(state, np.array(seen, dtype=np.float64))
    after = replace(
        state,
        seen=seen,
        groups=state.groups | names,
        low=max(state.low, low),
        high=min(state.high, high),
        items_used=state.items_used + values.size,
    )
    return after if state.settled else replace(after, settled=_settled(after))


def _settled(state: Race) -> Settled | None:
    if state.empty:
        return None
    if state.minimum is not None:
        return "meets" if state.low >= state.minimum else "misses" if state.high < state.minimum else None
    if state.maximum is not None:
        return "meets" if state.high <= state.maximum else "misses" if state.low > state.maximum else None
    return None


def _merged(
    seen: tuple[tuple[float, int, int], ...], totals: FloatArray, sizes: IndexArray
) -> tuple[tuple[float, int, int], ...]:
    counts = {(total, size): count for total, size, count in seen}
    for total, size in zip(totals.tolist(), sizes.tolist(), strict=True):
        counts[total, size] = counts.get((total, size), 0) + 1
    return tuple((total, size, count) for (total, size), count in sorted(counts.items()))


def _ends(state: Race, seen: FloatArray) -> tuple[float, float]:
    """Both ends for the mean from rows of (total, size, count), by what was seen so far alone."""
    totals, sizes, counts = seen.T
    threshold = -log(upper_tail(state.level))
    mid = float((totals * counts).sum() / (sizes * counts).sum())
    low = _lower_end(totals, sizes, counts, state, state.target, threshold, mid)
    high = 1.0 - _lower_end(sizes - totals, sizes, counts, state, 1.0 - state.target, threshold, 1.0 - mid)
    return low, high


def _lower_end(
    totals: FloatArray,
    sizes: FloatArray,
    counts: FloatArray,
    state: Race,
    target: float,
    threshold: float,
    mid: float,
) -> float:
    """The largest mean that is rejected as too low; the stakes suit a mean near `target`."""
    if mid <= 0.0:
        return 0.0
    fractions = betting_fractions(target, tuned_at=state.tuned_at)

    def excess(mean: float) -> float:
        odds = (totals / mean - sizes) / state.largest
        return log_mean(counts @ np.log1p(np.multiply.outer(odds, fractions))) - threshold

    return crossing(excess, 0.0, mid)
