"""Whether the points support a curve at all. A refusal is a value: why, and what to do."""

from __future__ import annotations

import numpy as np

from rung.forecast.learning_curve.curve import FloatArray
from rung.forecast.learning_curve.observed import Observed
from rung.forecast.learning_curve.resamples import Resamples
from rung.forecast.learning_curve.result import Refusal

FEWEST_SIZES = 4
"""One more than the curve has constants: with three it goes through every point, whatever they are."""
FEWEST_REPEATS = 2
LEAST_SPAN = 4.0
SPAN_SLACK = 0.95
"""Whole groups make a size come out a little beside its plan."""
FEWEST_ITEMS = 30
FEWEST_GROUPS = 15
"""At 30 items the interval of a share of .8 reaches 12 points to each side, as far as most curves fall altogether."""
FEWEST_EVENTS = 5
"""Items that are ever wrong, and items that are ever right: under five, the error is its own noise."""


def dev_refusal(items: int, groups: int) -> Refusal | None:
    """Why so few items can tell no curve; None where there are enough."""
    if items >= FEWEST_ITEMS and groups >= FEWEST_GROUPS:
        return None
    found = f"{items} items" if items < FEWEST_ITEMS else f"{items} items in {groups} groups"
    wanted = f"{FEWEST_ITEMS} items" if items < FEWEST_ITEMS else f"{FEWEST_GROUPS} groups"
    return Refusal(
        "few_items",
        f"the curve would be measured on {found}, and its band needs at least {wanted}",
        "add labelled items, or give dev more of them with data.dev_items in rung.yaml",
    )


def points_refusal(observed: Observed) -> Refusal | None:
    """Why no curve is fitted to these points; None where one is. Errors that rise are found by `rising_refusal`."""
    few = dev_refusal(observed.items, observed.groups)
    if few is not None:
        return few
    steps = observed.steps
    if len(steps) < FEWEST_SIZES:
        return Refusal(
            "few_sizes",
            f"errors were measured at {len(steps)} number{'s' if len(steps) != 1 else ''} of labels, and a curve of "
            f"three constants needs at least {FEWEST_SIZES}",
            "raise --budget or --fits, or add labelled items",
        )
    if len(observed.repeats) < FEWEST_REPEATS:
        return Refusal(
            "one_repeat",
            "each size was fitted on one choice of training items, so what that choice does cannot be told from what "
            "the number of labels does",
            "raise --budget or --fits",
        )
    smallest, largest = observed.labels_at(steps[0]), observed.labels_at(steps[-1])
    if largest < LEAST_SPAN * SPAN_SLACK * smallest:
        return Refusal(
            "narrow_span",
            f"the sizes go from {smallest:,.0f} to {largest:,.0f} labels, less than a factor of {LEAST_SPAN:g}",
            "add labelled items, or divide large groups where their items share nothing",
        )
    return _uniform(observed)


def _uniform(observed: Observed) -> Refusal | None:
    """Where (almost) no answer, or (almost) every answer, is wrong at any size."""
    ever_wrong = int(observed.wrong.any(axis=0).sum())
    ever_right = int((1 - observed.wrong).any(axis=0).sum())
    if ever_wrong < FEWEST_EVENTS:
        return Refusal(
            "perfect",
            f"at every size, from {observed.labels_at(observed.steps[0]):,.0f} labels on, {_all_but(ever_wrong)} of "
            f"{observed.items} items are right: there is no error left to follow",
            "the labels that are there suffice for these items; add harder ones to see further",
        )
    if ever_right < FEWEST_EVENTS:
        return Refusal(
            "hopeless",
            f"at every size {_all_but(ever_right)} of {observed.items} items are wrong: more labels of this kind are "
            "not seen to help",
            "see rung diagnose for what the strategy gets wrong, and rung data check for the labels",
        )
    return None


def _all_but(few: int) -> str:
    return f"all but {few}" if few else "all"


def slopes(observed: Observed, resamples: Resamples) -> FloatArray:
    """Change of the error for each doubling of the labels, in shares; row 0 for the sample, then for each resample."""
    doublings = np.log2(observed.labels)
    weights = resamples.counted / resamples.counted.sum(axis=1, keepdims=True)
    centred = doublings - (weights @ doublings)[:, None]
    spread = (weights * centred**2).sum(axis=1)
    moved = (weights * centred * resamples.errors).sum(axis=1)
    return np.asarray(np.divide(moved, spread, out=np.zeros_like(moved), where=spread > 0), dtype=np.float64)


def rising_refusal(slope: float) -> Refusal | None:
    """Why errors that rise by `slope` for each doubling give no curve; None where they fall."""
    if slope < 0:
        return None
    told = "does not change" if slope == 0 else f"rises by {100 * slope:.1f} points with each doubling of the labels"
    return Refusal(
        "rising",
        f"the error {told}, so no falling curve describes it",
        "see rung data check for label noise, and rung diagnose for errors that labels cannot mend",
    )
