"""D10, abstention: how much better does it get when the least sure answers are left to people, and is the confidence
honest?

The risk-coverage curve and the area under it: El-Yaniv and Wiener 2010, Geifman and El-Yaniv 2017 (arXiv:1705.08500).
Calibration error and temperature: `stats/calibration.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.seeding import seeded
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import (
    Interval,
    area_intervals,
    best_temperature,
    calibration_interval,
    clustered_wilson,
    selective_risk,
    temperature_interval,
    tempered,
)
from rung.stats.calibration import MOST_BINS, equal_mass_bins

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]
POINTS = 100
"""Steps of the curve, and shares of the items that are tried as the coverage."""
FEWEST = 20
"""Items with a confidence below which nothing is said about honesty: one bin of fewer is an anecdote."""
FOLDS = 5
DRAWS = 400
ADD_ITEMS = "add items to data.examples, or raise data.dev_items"


@dataclass(frozen=True, slots=True)
class Abstention:
    """`coverage` and `risk` are the risk-coverage curve, surest answers first: at each share of the items answered, the
    share of those that are wrong; at most 101 points. `area` is the area under it (AURC) and `area_if_perfect` that of
    an oracle's order. `coverage_at_target` is the largest share that can be answered with the target on task success
    kept, chosen on one half of the groups and measured on the other. `calibration_error` before and after temperature
    scaling with `temperature`, fitted on other groups than it is measured on.
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: Figure
    area_if_perfect: Figure
    coverage_at_target: Figure
    calibration_error: Figure
    calibrated_error: Figure
    temperature: Figure


@dataclass(frozen=True, slots=True)
class _Items:
    """The rows as arrays of shape (n_rows,). `confidence` is -inf where there is none, `group` numbers from 0."""

    confidence: FloatArray
    right: FloatArray
    group: IndexArray

    def at(self, chosen: BoolArray) -> _Items:
        return _Items(self.confidence[chosen], self.right[chosen], self.group[chosen])

    @property
    def known(self) -> BoolArray:
        return np.isfinite(self.confidence)


def abstention(run: Run, target: float | None, *, source: str, seed: str) -> Abstention | None:
    """What confidence is worth in a run; None where no row has one.

    `target` is the least task success wanted, in [0, 1]. A row without a confidence, which is mostly one without a
    usable answer, comes after all others: it is the first to be left to people. Rows of equal confidence have no order
    among them. Honesty is asked of the rows with a confidence alone. The intervals are bootstraps over groups; `seed`
    is any text, and the same text gives the same figures. Confidences outside [0, 1] count as none.
    """
    items = _items(run.rows)
    known = items.at(items.known)
    if not known.right.size:
        return None
    rng = seeded(seed)
    n = items.right.size
    unsure = n - known.right.size
    last = f"{unsure} of {n} items have no confidence and come last" if unsure else ""
    coverage, risk = _curve(items)
    area, best = area_intervals(items.confidence, 1 - items.right, items.group, level=LEVEL, draws=DRAWS, rng=rng)
    before, temperature, after = _honesty(known, source, rng)
    return Abstention(
        coverage=coverage,
        risk=risk,
        area=sampled(area, "share", n, Provenance.MEASURED, f"{source}: risk-coverage", last),
        area_if_perfect=sampled(best, "share", n, Provenance.MEASURED, f"{source}: risk-coverage, every error last"),
        coverage_at_target=_coverage_at(target, items, source, rng),
        calibration_error=before,
        calibrated_error=after,
        temperature=temperature,
    )


def _items(rows: Sequence[Row]) -> _Items:
    given = [row.prediction.confidence for row in rows]
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups_of(rows)))}
    return _Items(
        confidence=np.array([one if one is not None and 0.0 <= one <= 1.0 else -np.inf for one in given]),
        right=np.array([float(row.success) for row in rows]),
        group=np.array([numbers[group] for group in groups_of(rows)], dtype=np.intp),
    )


def _curve(items: _Items) -> tuple[tuple[float, ...], tuple[float, ...]]:
    risks = selective_risk(items.confidence, 1 - items.right)
    n = risks.size
    answered = np.unique(np.ceil(np.linspace(1, n, min(n, POINTS + 1))).astype(np.intp))
    return tuple(float(count / n) for count in answered), tuple(float(risks[count - 1]) for count in answered)


def _coverage_at(target: float | None, items: _Items, source: str, rng: np.random.Generator) -> Figure:
    """The share that is answered when the target is to be kept.

    On one half of the groups: the largest share, equal confidences together, among whose answers success is shown to
    keep the target (the lower end of its interval). On the other: how many items are as sure as the least sure of them,
    and whether success among these keeps the target. So it errs towards answering less: where honest confidences would
    keep 85 % over 58 % of the items, 600 items show it over 34 % on average, and 200 items show it in half of the
    simulated samples; true success lay below the target in 1 % and 5 % of the samples that gave a figure.
    """
    if target is None:
        return Missing("no target on task success", "targets.task_success")
    first = _half(items.group, rng)
    if first.all() or not first.any():
        return Missing("all items belong to one group: a coverage cannot be chosen and measured apart", ADD_ITEMS)
    chosen_on, measured_on = items.at(first), items.at(~first)
    least = _least_confidence(chosen_on, target)
    if least is None:
        size = chosen_on.right.size
        if (clustered_wilson(np.ones(size), chosen_on.group, level=LEVEL).low or 0.0) < target:
            return Missing(f"{size} items in one half are too few to show {target:.0%}, were all right", ADD_ITEMS)
        return Missing(
            f"no share of the {size} answers of one half, however sure, is shown to keep {target:.0%}", ADD_ITEMS
        )
    answered = measured_on.confidence >= least
    bound = "every answer given" if np.isneginf(least) else f"answered from a confidence of {least:.3g}"
    if not answered.any():
        return Missing(f"{bound}, which no answer of the other half reaches", ADD_ITEMS)
    kept = measured_on.at(answered)
    success = clustered_wilson(kept.right, kept.group, level=LEVEL)
    said = f"success {success.mid:.0%}{_ends(success)} among {kept.right.size} answers of the other half"
    if success.mid < target:
        return Missing(f"{bound}, chosen on one half: {said} does not keep {target:.0%}", ADD_ITEMS)
    share = clustered_wilson(answered, measured_on.group, level=LEVEL)
    where = f"{source}: coverage at {target:.0%} success, chosen on one half of the groups and measured on the other"
    return sampled(share, "share", answered.size, Provenance.MEASURED, where, f"{bound}: {said}")


def _half(group: IndexArray, rng: np.random.Generator) -> BoolArray:
    """Which items are in the first half: whole groups, in random order, each to the half that has fewer items."""
    sizes = np.bincount(group)
    in_first, counts = np.zeros(sizes.size, dtype=bool), [0, 0]
    for one in rng.permutation(sizes.size):
        first = counts[0] <= counts[1]
        in_first[one] = first
        counts[not first] += int(sizes[one])
    return np.asarray(in_first[group], dtype=bool)


def _least_confidence(items: _Items, target: float) -> float | None:
    """The lowest confidence from which on success is shown to be at least the target; -inf: all may be answered."""
    ordered = np.sort(items.confidence)
    places = np.unique(np.floor(np.linspace(0, ordered.size - 1, POINTS + 1)).astype(np.intp))
    for least in np.unique(ordered[places]):
        answered = items.at(items.confidence >= least)
        low = clustered_wilson(answered.right, answered.group, level=LEVEL).low
        if low is not None and low >= target:
            return -np.inf if least == ordered[0] else float(least)
    return None


def _honesty(known: _Items, source: str, rng: np.random.Generator) -> tuple[Figure, Figure, Figure]:
    """(calibration error, temperature, calibration error after scaling)."""
    n = known.right.size
    if n < FEWEST:
        few = Missing(f"{n} items have a confidence, {FEWEST} are needed to tell whether it is honest", ADD_ITEMS)
        return few, few, few
    before = _error(known, source, rng)
    fitted = temperature_interval(known.confidence, known.right, known.group, level=LEVEL, draws=DRAWS, rng=rng)
    if fitted is None:
        none = Missing(_no_temperature(known))
        return before, none, none
    temperature = sampled(fitted, "temperature", n, Provenance.MEASURED, f"{source}: smallest log-loss")
    return before, temperature, _after(known, source, rng)


def _after(known: _Items, source: str, rng: np.random.Generator) -> Figure:
    """The calibration error of each item's confidence scaled by the temperature of other groups."""
    groups = np.unique(known.group)
    if groups.size < 2:
        return Missing("all items belong to one group: a temperature cannot be fitted and measured apart", ADD_ITEMS)
    folds = min(FOLDS, groups.size)
    fold_of = np.zeros(int(groups.max()) + 1, dtype=np.intp)
    fold_of[rng.permutation(groups)] = np.arange(groups.size) % folds
    fold, scaled = fold_of[known.group], np.empty(known.right.size)
    for number in range(folds):
        rest = known.at(fold != number)
        factor = best_temperature(rest.confidence, rest.right)
        if factor is None:
            return Missing("the temperature cannot be fitted without one fold of the groups", ADD_ITEMS)
        scaled[fold == number] = tempered(known.confidence[fold == number], factor)
    return _error(_Items(scaled, known.right, known.group), f"{source}, scaled by other groups' temperature", rng)


def _error(items: _Items, source: str, rng: np.random.Generator) -> Estimate:
    found, by_chance = calibration_interval(
        items.confidence, items.right, items.group, level=LEVEL, draws=DRAWS, rng=rng
    )
    _, bins = equal_mass_bins(items.confidence)
    where = f"{source}: expected calibration error, {bins} of at most {MOST_BINS} bins of equal mass"
    note = f"honest confidences would show {by_chance:.3f} by chance" if by_chance else ""
    return sampled(found, "share", items.right.size, Provenance.MEASURED, where, note)


def _no_temperature(items: _Items) -> str:
    if items.right.all() or not items.right.any():
        return f"all {items.right.size} answers with a confidence are {'right' if items.right.all() else 'wrong'}"
    return "surer answers are not more often right, or confidence tells right from wrong without error"


def _ends(interval: Interval) -> str:
    return "" if interval.low is None or interval.high is None else f" ({interval.low:.0%} to {interval.high:.0%})"
