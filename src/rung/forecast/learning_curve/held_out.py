"""Is the curve worth more than the last point? Asked on the larger sizes, which the smaller ones did not see.

Viering and Loog (2022, arXiv:2103.10948) find extrapolations that do no better than taking the last error measured for
the error to come, so each forecast says how its own did.
"""

from __future__ import annotations

import numpy as np

from rung.estimate import LEVEL, Estimate, Missing, Provenance
from rung.forecast.learning_curve.curve import FloatArray
from rung.forecast.learning_curve.fitting import fitted_curves
from rung.forecast.learning_curve.observed import Observed
from rung.forecast.learning_curve.resamples import Resamples
from rung.forecast.learning_curve.result import HeldOut, Verdict
from rung.forecast.learning_curve.support import FEWEST_SIZES


def held_out(observed: Observed, resamples: Resamples, *, source: str) -> HeldOut:
    """For each size from the fourth to the last but one: the curve up to it and the error at it, both as forecasts of
    every larger size. Misses are means over all these forecasts, in shares."""
    steps = observed.steps
    curve_misses, last_misses, sizes = [], [], []
    for place in range(FEWEST_SIZES - 1, len(steps) - 1):
        known = observed.step <= steps[place]
        part = Resamples(resamples.errors[:, known], resamples.counted[:, known])
        curves = fitted_curves(observed.of(known), part)
        last = _at(observed, resamples, steps[place])
        for step in steps[place + 1 :]:
            measured = _at(observed, resamples, step)
            curve_misses.append(np.abs(curves.error_at(observed.labels_at(step))[:, 0] - measured))
            last_misses.append(np.abs(last - measured))
            sizes.append(round(observed.labels_at(step)))
    if not sizes:
        missing = Missing(f"the curve needs {FEWEST_SIZES} sizes and one more to be held against", "raise --budget")
        return HeldOut("not tried", missing.because, (), missing, missing, missing)
    curve, last = np.mean(curve_misses, axis=0), np.mean(last_misses, axis=0)
    advantage = _told(last - curve, observed.items, source)
    return HeldOut(
        verdict=_verdict(advantage),
        because=_because(_verdict(advantage), len(sizes)),
        sizes=tuple(sizes),
        curve_miss=_told(curve, observed.items, source),
        last_point_miss=_told(last, observed.items, source),
        advantage=advantage,
    )


def _at(observed: Observed, resamples: Resamples, step: int) -> FloatArray:
    """The mean error at a planned size, for the sample and each resample; over all its fits where none was drawn."""
    fits = observed.step == step
    counted, errors = resamples.counted[:, fits], resamples.errors[:, fits]
    total = counted.sum(axis=1)
    drawn = np.divide((counted * errors).sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(np.where(total > 0, drawn, errors.mean(axis=1)), dtype=np.float64)


def _told(values: FloatArray, items: int, source: str) -> Estimate:
    tail = (1 - LEVEL) / 2
    low, high = (float(one) for one in np.quantile(values[1:], [tail, 1 - tail]))
    value = float(values[0])
    return Estimate(
        value,
        min(low, value),
        max(high, value),
        "share",
        items,
        Provenance.MEASURED,
        f"{source}, larger sizes held out",
    )


def _verdict(advantage: Estimate) -> Verdict:
    if advantage.value <= 0:
        return "does not beat"
    return "beats" if advantage.low is not None and advantage.low > 0 else "not shown to beat"


def _because(verdict: Verdict, forecasts: int) -> str:
    over = f"over {forecasts} forecast{'s' if forecasts != 1 else ''} of larger sizes from smaller ones"
    return {
        "beats": f"{over} the curve came nearer than the last error measured",
        "not shown to beat": f"{over} the curve came nearer than the last error measured, but not by more than chance "
        "explains",
        "does not beat": f"{over} the last error measured came as near as the curve or nearer: do not plan on what the "
        "curve promises beyond the largest size",
    }.get(verdict, "")
