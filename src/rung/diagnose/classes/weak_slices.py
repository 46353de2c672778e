"""Attributes whose items fail more often than all others: slices, looked for in all attributes together.

This is exploration: many attributes are tried on the same failures. So the p-values of all parts go through Benjamini
and Hochberg's procedure together, and of the slices told at most a tenth are expected to be chance (`FALSE_SHARE`). A
slice is a place to look, and proves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np

from rung.diagnose.classes.attributes import Part
from rung.diagnose.stakes import BoolArray, FloatArray, IndexArray
from rung.estimate import LEVEL
from rung.stats import Interval, benjamini_hochberg, clustered_wilson, effective_items

FALSE_SHARE = 0.10
LEAST_ITEMS = 5
LEAST_RATIO = 1.25
"""A slice fails at least a quarter more often than the others: with thousands of items a hair's breadth is certain.
And the interval of the difference must lie above 0, as a person would ask who sees it beside the finding."""
EXPLAINED = 1.645
"""One-sided 5 %: the excess that must be left beside a slice already told."""
SAME_ITEMS = 0.8


@dataclass(frozen=True, slots=True)
class Population:
    """What a rate is taken over: rows, or the fields of rows. `row` is the row of each unit, `failed` and `group`
    (numbers) belong to it; all of shape (n_units,)."""

    row: IndexArray
    failed: BoolArray
    group: IndexArray

    @property
    def clustered(self) -> bool:
        """Whether any two units share a group."""
        return len(np.unique(self.group)) < len(self.group)

    def inside(self, part: Part) -> BoolArray:
        """True at the units of the part, shape (n_units,)."""
        chosen = np.zeros(len(self.failed), dtype=np.bool_)
        chosen[list(part.members)] = True
        return chosen


@dataclass(frozen=True, slots=True)
class WeakSlice:
    """`items` and `failures` are row numbers. `rate` and `other_rate` are the shares that fail in the slice and of all
    others; `more` is their difference with its interval. `also` names other parts that are nearly the same items."""

    part: Part
    items: tuple[int, ...]
    failures: tuple[int, ...]
    rate: float
    other_rate: float
    more: Interval
    also: tuple[str, ...] = ()


def weak_slices(
    parts: Sequence[Part], rows: Population, fields: Sequence[Part] = (), of_fields: Population | None = None
) -> tuple[WeakSlice, ...]:
    """The slices, surest first. `parts` number the rows; `fields` number the units of `of_fields`, and a field is
    compared with all other fields.

    The test is Fisher's, one-sided, on the effective numbers of items: those that know the rate as well as the
    clustered ones do, inside and outside each for itself, rounded against the finding. Items of one group on both sides
    make it careful. A part that the slices told before it explain (Mantel and Haenszel's test with them as strata finds
    no excess left) is not told again.
    """
    trials = [
        (part, population)
        for some, population in ((parts, rows), (fields, of_fields))
        if population is not None and population.failed.any() and not population.failed.all()
        for part in some
        if LEAST_ITEMS <= len(part.members) <= len(population.failed) - LEAST_ITEMS
    ]
    p_values = [_p_value(part, population, clustered=population.clustered) for part, population in trials]
    adjusted = benjamini_hochberg(p_values)
    found = [number for number, q in enumerate(adjusted) if q <= FALSE_SHARE]
    told: list[WeakSlice] = []
    stratum = np.zeros(len(rows.failed), dtype=np.intp)
    for number in sorted(found, key=lambda number: (p_values[number], number)):
        part, population = trials[number]
        slice_ = _slice(part, population)
        if slice_.rate < LEAST_RATIO * slice_.other_rate or (slice_.more.low or 0.0) <= 0.0:
            continue
        if population is rows:
            inside = rows.inside(part)
            if stratum.any() and _excess(inside, rows, stratum) < EXPLAINED:
                told = [_with_also(one, slice_) for one in told]
                continue
            stratum[inside & (stratum == 0)] = len(told) + 1
        told.append(slice_)
    return tuple(told)


def _slice(part: Part, population: Population) -> WeakSlice:
    inside = population.inside(part)
    outcome = population.failed.astype(np.float64)
    return WeakSlice(
        part=part,
        items=tuple(population.row[inside].tolist()),
        failures=tuple(population.row[inside & population.failed].tolist()),
        rate=float(outcome[inside].mean()),
        other_rate=float(outcome[~inside].mean()),
        more=difference(inside, outcome, population.group),
    )


def difference(inside: BoolArray, outcome: FloatArray, group: IndexArray) -> Interval:
    """The rate of 1 inside less the rate outside, in [-1, 1], with its two-sided `LEVEL` interval.

    Newcombe (1998, method 10) puts the two score intervals together; here they are the clustered ones. Groups with
    items on both sides are taken to be independent, which makes it wider, not narrower, where their items agree.
    """
    first = clustered_wilson(outcome[inside], group[inside], level=LEVEL)
    second = clustered_wilson(outcome[~inside], group[~inside], level=LEVEL)
    apart = first.mid - second.mid
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Interval(apart, None, None, first.note or second.note)
    low = apart - sqrt((first.mid - first.low) ** 2 + (second.high - second.mid) ** 2)
    high = apart + sqrt((first.high - first.mid) ** 2 + (second.mid - second.low) ** 2)
    return Interval(apart, max(-1.0, low), min(1.0, high), first.note)


def fisher(hits: int, items: int, other_hits: int, other_items: int) -> float:
    """P(at least `hits` of the `items`) when all hits fall anywhere alike: Fisher's exact test, one-sided."""
    from scipy.special import gammaln

    total, all_hits = items + other_items, hits + other_hits
    counts = np.arange(hits, min(items, all_hits) + 1, dtype=np.float64)

    def log_choose(n: float, k: FloatArray | float) -> FloatArray:
        return np.asarray(gammaln(n + 1.0) - gammaln(np.asarray(k) + 1.0) - gammaln(n - np.asarray(k) + 1.0))

    logs = log_choose(items, counts) + log_choose(other_items, all_hits - counts) - log_choose(total, all_hits)
    return float(min(1.0, np.exp(logs).sum()))


def _p_value(part: Part, population: Population, *, clustered: bool) -> float:
    failed, group = population.failed, population.group
    members = np.array(part.members)
    hits, all_hits = int(failed[members].sum()), int(failed.sum())
    items, rest = len(members), len(failed) - len(members)
    p_value = fisher(hits, items, all_hits - hits, rest)
    if not clustered or p_value > FALSE_SHARE:
        return p_value  # fewer effective items would only raise it
    outside = ~population.inside(part)
    mine = max(1, int(effective_items(failed[members].astype(float), group[members]) or 1.0))
    others = max(1, int(effective_items(failed[outside].astype(float), group[outside]) or 1.0))
    other_hits = min(others, ceil((all_hits - hits) / rest * others))
    return fisher(int(hits / items * mine), mine, other_hits, others)


def _excess(inside: BoolArray, rows: Population, stratum: IndexArray) -> float:
    """Failures inside beyond what the strata lead one to expect, in standard errors (Mantel and Haenszel 1959),
    shrunk by the square root of the share of items that is effective."""
    strata = int(stratum.max()) + 1
    everyone = np.ones(len(inside), dtype=np.bool_)
    items, mine, hits, seen = (
        np.bincount(stratum[chosen], minlength=strata).astype(np.float64)
        for chosen in (everyone, inside, rows.failed, inside & rows.failed)
    )
    known = items > 1
    items, mine, hits, seen = items[known], mine[known], hits[known], seen[known]
    variance = float((mine * (items - mine) * hits * (items - hits) / (items**2 * (items - 1))).sum())
    if variance <= 0.0:
        return 0.0
    effective = effective_items(rows.failed[inside].astype(float), rows.group[inside]) or 1.0
    return float((seen - mine * hits / items).sum()) / sqrt(variance) * sqrt(effective / float(inside.sum()))


def _with_also(one: WeakSlice, other: WeakSlice) -> WeakSlice:
    mine, theirs = set(one.items), set(other.items)
    if len(mine & theirs) < SAME_ITEMS * len(mine | theirs):
        return one
    return replace(one, also=(*one.also, other.part.name))
