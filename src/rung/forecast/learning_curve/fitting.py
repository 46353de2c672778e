"""From what the fits did to the curve and its draws."""

from __future__ import annotations

import numpy as np

from rung.forecast.learning_curve.curve import Curves, FloatArray
from rung.forecast.learning_curve.least_squares import fit_curves
from rung.forecast.learning_curve.observed import Observed
from rung.forecast.learning_curve.resamples import Resamples

DRAWS = 1000
LEAST_VARIANCE_ERRORS = 0.5
"""Errors that a rate is taken to have at least when its variance is worked out: none at all would weigh infinitely."""


def fitted_curves(observed: Observed, resamples: Resamples) -> Curves:
    """The curve through the points (row 0) and through each resample.

    Weights are 1 / (p (1 - p)) at the fitted error p, each planned size the same otherwise: the first fit takes p from
    the points, the second from the first, and all others from the second.
    """
    rates = _mean_by_step(observed)
    own = slice(0, 1)
    for _ in range(2):
        weights = resamples.counted[own] / _variance(rates, observed.items)
        rates = fit_curves(observed.labels, resamples.errors[own], weights).error_at(observed.labels)[0]
    return fit_curves(observed.labels, resamples.errors, resamples.counted / _variance(rates, observed.items))


def _mean_by_step(observed: Observed) -> FloatArray:
    """For each fit, the mean error at its planned size."""
    errors = observed.errors
    means = {step: errors[observed.step == step].mean() for step in observed.steps}
    return np.array([means[int(step)] for step in observed.step])


def _variance(rates: FloatArray, items: int) -> FloatArray:
    """Of one answer, p (1 - p), bounded away from 0."""
    least = min(LEAST_VARIANCE_ERRORS / items, 0.5)
    steady = np.clip(rates, least, 1 - least)
    return np.asarray(steady * (1 - steady), dtype=np.float64)
