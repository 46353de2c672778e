"""The joint bootstrap: items by their groups, and the random orders of train, drawn anew together.

All sizes are measured on the same items, so a resample takes the same items at every size, and the errors at two sizes
move together as they do in truth. Of R orders R - 1 are drawn: the mean of so few varies by exactly its own variance
then, where R draws would show only (R - 1) / R of it (Rao and Wu 1988, on resampling with small samples).

All of train can be chosen in one way only, and is a choice itself: another train set of that size would give another
error. What that does is taken from the smaller sizes, as a share of p (1 - p), and drawn from a normal distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.forecast.learning_curve.curve import FloatArray
from rung.forecast.learning_curve.observed import WHOLE, Observed
from rung.stats.resampling import resampled_sums


@dataclass(frozen=True, slots=True)
class Resamples:
    """`errors` and `counted`, both of shape (draws, fits): the share of wrong answers on the drawn items, and how much
    of its planned size a fit stands for. Row 0 is the sample itself."""

    errors: FloatArray
    counted: FloatArray


def resample(observed: Observed, *, draws: int, rng: np.random.Generator) -> Resamples:
    """The sample and `draws` resamples of it."""
    errors = drawn_errors(observed, draws, rng)
    whole = observed.repeat == WHOLE
    spread = np.sqrt(choice_variance(observed) * (observed.errors * (1 - observed.errors))[whole])
    errors[1:, whole] = np.clip(errors[1:, whole] + spread * rng.normal(size=(draws, int(whole.sum()))), 0.0, 1.0)
    return Resamples(errors, drawn_orders(observed, draws, rng))


def choice_variance(observed: Observed) -> float:
    """How much the choice of training items makes errors of one size vary, as a share of p (1 - p).

    The variance of the errors at a size, less what the single answers would make them vary: the mean over items of the
    variance between fits, over the number of items. Pooled over the sizes by their degrees of freedom; at least 0.
    """
    excess, freedom = 0.0, 0
    for step in observed.steps:
        fits = (observed.step == step) & (observed.repeat != WHOLE)
        mean = float(observed.wrong[fits].mean()) if fits.any() else 0.0
        if fits.sum() < 2 or not 0 < mean < 1:
            continue
        of_answers = observed.wrong[fits].var(axis=0, ddof=1).mean() / observed.items
        freedom += int(fits.sum()) - 1
        excess += (fits.sum() - 1) * (observed.errors[fits].var(ddof=1) - of_answers) / (mean * (1 - mean))
    return max(float(excess) / freedom, 0.0) if freedom else 0.0


def drawn_errors(observed: Observed, draws: int, rng: np.random.Generator) -> FloatArray:
    """The share of wrong answers of each fit on the items themselves and on `draws` resamples of their groups."""
    _, codes = np.unique(observed.group, return_inverse=True)
    groups = int(codes.max()) + 1
    totals = np.zeros((groups, len(observed.wrong) + 1))
    np.add.at(totals, codes, np.column_stack([observed.wrong.T, np.ones(observed.items)]))
    sums = resampled_sums(totals, draws, rng)
    drawn = sums[:, :-1] / sums[:, -1:]
    own = observed.errors
    # With G groups the drawn means vary by (G - 1) / G of their variance.
    widened = own + (drawn - own) * np.sqrt(groups / max(groups - 1, 1))
    return np.vstack([own, np.clip(widened, 0.0, 1.0)])


def drawn_orders(observed: Observed, draws: int, rng: np.random.Generator) -> FloatArray:
    """How much of its planned size each fit stands for, with all orders and with `draws` resamples of them."""
    repeats = observed.repeats
    counted = np.ones((draws + 1, len(observed.step)))
    if len(repeats) > 1:
        times = rng.multinomial(len(repeats) - 1, [1 / len(repeats)] * len(repeats), size=draws)
        place = {repeat: number for number, repeat in enumerate(repeats)}
        for fit, repeat in enumerate(observed.repeat):
            if repeat != WHOLE:
                counted[1:, fit] = times[:, place[int(repeat)]]
    for step in observed.steps:
        fits = observed.step == step
        # A size weighs the same however many of its fits were drawn: more fits on the same items tell little more.
        counted[:, fits] /= np.maximum(counted[:, fits].sum(axis=1, keepdims=True), 1e-12)
    return counted
