"""What it would be worth to know something before choosing: all of it, one driver, or a larger evaluation.

Howard (1966), "Information value theory"; Raiffa and Schlaifer (1961), "Applied statistical decision theory".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from rung.economics.tco.formula import FloatArray

BINS = 50
LEAST_PER_BIN = 40


def perfect_information(usd: FloatArray) -> float:
    """EVPI = E[max over strategies] - max over strategies of E, for `usd` of shape (strategies, draws); at least 0."""
    if usd.shape[0] < 2:
        return 0.0
    return max(float(usd.max(axis=0).mean() - usd.mean(axis=1).max()), 0.0)


def partial_information(usd: FloatArray, values: FloatArray) -> float:
    """EVPPI of one driver with `values` of shape (draws,), in [0, EVPI].

    The draws are sorted by the driver into equal bins (Strong and Oakley 2013), in each of which the best strategy is
    chosen. A choice judged by the very draws that it was made from always looks worth something, so each bin is split
    in halves: one half chooses and the other judges, then the other way round. What chance alone gives is then
    negative as often as positive, and is cut at 0.
    """
    strategies, draws = usd.shape
    bins = min(BINS, draws // (2 * LEAST_PER_BIN))
    if strategies < 2 or bins < 2:
        return 0.0
    order = np.argsort(values, kind="stable")
    # Neighbours alternate between the halves, so that both cover the bin evenly.
    size = draws // (2 * bins)
    sorted_usd = usd[:, order[: 2 * bins * size]].reshape(strategies, bins, size, 2)
    means = sorted_usd.mean(axis=2)
    overall = usd.mean(axis=1)
    best = int(np.argmax(overall))
    places = np.arange(bins)
    gain = 0.0
    for chooses, judges in ((0, 1), (1, 0)):
        chosen = np.argmax(means[:, :, chooses], axis=0)
        gain += float(np.mean(means[chosen, places, judges] - means[best, places, judges])) / 2.0
    return float(np.clip(gain, 0.0, perfect_information(usd)))


def sample_information(
    usd: FloatArray, rates: Mapping[int, Sequence[FloatArray]], items: Mapping[int, Sequence[float]]
) -> float:
    """EVSI of an evaluation that asks strategies further items, at least 0.

    `usd` is (strategies, draws). `rates` holds, by the strategy's row, its success rates, one for each flow that was
    measured apart, each of shape (draws,); `items` how many further items each of them gets. A rate with standard
    deviation d around m is known as well as m (1 - m) / d^2 - 1 items would tell (a beta distribution's), and after n
    more its expected value varies by sqrt(n / (n + that)) of d (Jalal and Alarid-Escudero 2018, "A Gaussian
    approximation approach for value of information analysis"). What a strategy brings is linear in its own rates, by
    the slopes that least squares finds in the draws; the rest of what it brings stays at its mean, because an
    evaluation says nothing about it.
    """
    if usd.shape[0] < 2:
        return 0.0
    expected = usd.mean(axis=1)
    after = np.repeat(expected[:, np.newaxis], usd.shape[1], axis=1)
    for row, own in rates.items():
        centred = np.stack([rate - rate.mean() for rate in own])
        spread = centred.std(axis=1)
        moving = spread > 0
        if not moving.any():
            continue
        slopes, *_ = np.linalg.lstsq(centred[moving].T, usd[row] - expected[row], rcond=None)
        for rate, mean, deviation, slope, more in zip(
            centred[moving],
            np.array([one.mean() for one in own])[moving],
            spread[moving],
            slopes,
            np.array(items[row])[moving],
            strict=True,
        ):
            known = max(mean * (1.0 - mean) / deviation**2 - 1.0, 1.0)
            after[row] += sqrt(more / (more + known)) * slope * rate
    return max(float(after.max(axis=0).mean() - after.mean(axis=1).max()), 0.0)
