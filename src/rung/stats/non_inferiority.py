"""Is one at most a stated margin worse than another? Asked of an interval, never of a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.stats.interval import Interval


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """`not_worse`, `worse` or `undecided`, the end of the interval that told (None: unbounded), and the reason."""

    verdict: Literal["not_worse", "worse", "undecided"]
    bound: float | None
    because: str


def non_inferiority(difference: Interval, margin: float, *, higher_is_better: bool = True) -> NonInferiority:
    """The verdict on a `difference` (challenger minus baseline) against a loss of `margin`, in the same unit.

    not_worse: the whole interval clears the margin, a one-sided test at (1 - level) / 2 by the end that faces it.
    worse: the whole interval lies beyond it. Between the two nobody can tell, which is no proof of equality.
    `margin` is not negative and stated before looking.
    """
    if not margin >= 0.0:
        raise ValueError(f"margin must not be negative, got {margin}")
    low, high = difference.low, difference.high
    # Losses are counted downwards, so a quantity that should be small is turned over.
    facing, far = (low, high) if higher_is_better else (_turned(high), _turned(low))
    limit = f"the margin of {-margin if higher_is_better else margin:g}"
    if facing is not None and facing > -margin:
        shown = facing if higher_is_better else -facing
        return NonInferiority("not_worse", shown, f"the interval ends at {shown:g}, on the good side of {limit}")
    if far is not None and far < -margin:
        shown = far if higher_is_better else -far
        return NonInferiority("worse", shown, f"the whole interval lies beyond {limit}: its better end is {shown:g}")
    if facing is None:
        return NonInferiority("undecided", None, difference.note or f"no end of the interval faces {limit}")
    shown = facing if higher_is_better else -facing
    return NonInferiority("undecided", shown, f"the interval reaches {shown:g}, to or past {limit}, but not wholly")


def _turned(end: float | None) -> float | None:
    return None if end is None else -end
