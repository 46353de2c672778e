"""A dear strategy's curve from a cheap one's: the same shape, moved to pass through the sizes where the dear one ran.

Both answer the same items. The odds of a wrong answer of the dear one are taken to be the same multiple of the cheap
one's at every number of labels, so the curve stays between 0 and 1. That is an assumption, and the sizes where the
dear one ran can test it: the largest is predicted from the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.forecast.learning_curve.curve import Curves, FloatArray
from rung.forecast.learning_curve.observed import WHOLE, Observed


@dataclass(frozen=True, slots=True)
class Moved:
    """`log_odds`: what is added to the log odds of the cheap curve's error, shape (1 + draws,), row 0 the sample's."""

    curves: Curves
    log_odds: FloatArray

    def error_at(self, labels: FloatArray) -> FloatArray:
        """Share of wrong answers, shape (1 + draws, n_labels)."""
        return expit(logit(np.clip(self.curves.error_at(labels), 1e-9, 1 - 1e-9)) + self.log_odds[:, None])

    def labels_for(self, error: float) -> FloatArray:
        """The labels at which the moved curve reaches the error, shape (1 + draws,)."""
        if not 0 < error < 1:
            return self.curves.labels_for(error)
        return self.curves.labels_for(expit(logit(np.asarray(error)) - self.log_odds))


def joined(cheap: Observed, anchors: Observed) -> Observed:
    """Both as one, the cheap one's fits first, so that they can be resampled on the same items. ValueError where their
    items differ."""
    if not np.array_equal(cheap.group, anchors.group):
        raise ValueError("both strategies must have answered the same items")
    # Steps of the anchors are kept apart: at one size the two strategies share no weight.
    return Observed(
        np.concatenate([cheap.step, anchors.step + int(cheap.step.max()) + 1]),
        np.concatenate([cheap.labels, anchors.labels]),
        np.concatenate([cheap.repeat, np.full(len(anchors.step), WHOLE)]),
        np.vstack([cheap.wrong, anchors.wrong]),
        cheap.group,
    )


def moved(curves: Curves, anchors: Observed, errors: FloatArray) -> Moved:
    """The curves moved by the mean of the log odds ratios at the anchors; `errors`, shape (1 + draws, anchors), are
    those of the dear strategy on the same resamples."""
    return Moved(curves, _ratios(curves, anchors, errors).mean(axis=1))


def miss(curves: Curves, anchors: Observed, errors: FloatArray, *, source: str) -> Figure:
    """Measured less predicted error at the largest anchor, when only the other anchors are known."""
    largest = anchors.labels == anchors.labels.max()
    if largest.all():
        return Missing(
            "it was run at one number of labels, so how well it follows the borrowed shape cannot be measured",
            "rung forecast labels with its name and --anchors 2",
        )
    ratios = _ratios(curves, anchors, errors)
    predicted = Moved(curves, ratios[:, ~largest].mean(axis=1)).error_at(anchors.labels[largest][:1])[:, 0]
    values = errors[:, largest].mean(axis=1) - predicted
    tail = (1 - LEVEL) / 2
    low, high = (float(one) for one in np.quantile(values[1:], [tail, 1 - tail]))
    value = float(values[0])
    provenance = Provenance.MEASURED
    return Estimate(value, min(low, value), max(high, value), "share", anchors.items, provenance, source)


def _ratios(curves: Curves, anchors: Observed, errors: FloatArray) -> FloatArray:
    """Log odds ratios, shape (1 + draws, anchors). Half an answer is added to either side, so that no odds are 0."""
    items = anchors.items
    measured = (errors * items + 0.5) / (items + 1)
    curve = np.clip(curves.error_at(anchors.labels), 0.5 / (items + 1), 1 - 0.5 / (items + 1))
    return np.asarray(logit(measured) - logit(curve), dtype=np.float64)


def logit(share: FloatArray) -> FloatArray:
    """ln(p / (1 - p)) of shares inside (0, 1)."""
    return np.asarray(np.log(share) - np.log1p(-share), dtype=np.float64)


def expit(log_odds: FloatArray) -> FloatArray:
    """The share whose log odds these are."""
    return np.asarray(0.5 * (1 + np.tanh(log_odds / 2)), dtype=np.float64)
