"""The mean of few human labels, sharpened by many cheap predictions of them.

A judge that labels everything is biased; people label little. Prediction-powered inference takes the mean of the
predictions and corrects it by their error where people labelled too, so that it stays right however bad the
predictions are (Angelopoulos et al. 2023, arXiv:2301.09633; PPI++, arXiv:2311.01453).
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.clustered import FloatArray, as_values, cluster_codes, cluster_standard_error
from rung.stats.critical import normal_critical, student_critical
from rung.stats.interval import Interval
from rung.stats.sums import ONE_CLUSTER


def prediction_powered_mean(
    labels: ArrayLike,
    predictions: ArrayLike,
    unlabelled_predictions: ArrayLike,
    *,
    level: float,
    tuning: float | None = None,
    clusters: ArrayLike | None = None,
    unlabelled_clusters: ArrayLike | None = None,
) -> Interval:
    """tuning * mean(unlabelled_predictions) + mean(labels - tuning * predictions), with its interval.

    `labels` and `predictions` are of the same n items, `unlabelled_predictions` of N others from the same
    source. `tuning` 1 is plain prediction-powered inference, 0 leaves the predictions out, None is
    `power_tuning`. Without clusters the interval is the published one: normal, variances over n and N. With
    clusters on both sides: the clustered errors, and Student's t on the labelled clusters less one.
    """
    label, prediction, others = as_values(labels), as_values(predictions), as_values(unlabelled_predictions)
    if label.shape != prediction.shape:
        raise ValueError(f"labels and predictions must be of the same items, got {label.size} and {prediction.size}")
    if (clusters is None) != (unlabelled_clusters is None):
        raise ValueError("name the clusters of the labelled and of the unlabelled items, or of neither")
    strength = power_tuning(label, prediction, others) if tuning is None else tuning
    rectified = label - strength * prediction
    mid = strength * float(others.mean()) + float(rectified.mean())
    note = f"prediction-powered, tuning {strength:.3g}"
    if clusters is None or unlabelled_clusters is None:
        error = sqrt(strength**2 * others.var() / others.size + rectified.var() / label.size)
        reach = normal_critical(level) * error
    else:
        _, count = cluster_codes(clusters, label.size)
        own = cluster_standard_error(rectified, clusters)
        theirs = cluster_standard_error(strength * others, unlabelled_clusters)
        if own is None or theirs is None:
            return Interval(mid, None, None, ONE_CLUSTER)
        error = sqrt(own**2 + theirs**2)
        reach = student_critical(level, count - 1) * error
    if error == 0.0:
        return Interval(mid, None, None, "labels and predictions never vary: their spread is unknown")
    return Interval(mid, mid - reach, mid + reach, note)


def power_tuning(labels: FloatArray, predictions: FloatArray, unlabelled_predictions: FloatArray) -> float:
    """The weight of the predictions that makes the variance smallest, in [0, 1]; 0 for predictions that never vary.

    cov(labels, predictions) / ((1 + n / N) var(predictions)), covariance over n, variance over all n + N items
    with n + N - 1 (PPI++, example 6.1, as its authors' code has it). Estimated from the data it is used on,
    it costs a little coverage when labels are few.
    """
    covariance = float(np.mean((labels - labels.mean()) * (predictions - predictions.mean())))
    variance = float(np.concatenate([predictions, unlabelled_predictions]).var(ddof=1))
    if variance == 0.0:
        return 0.0
    return float(np.clip(covariance / ((1 + labels.size / unlabelled_predictions.size) * variance), 0.0, 1.0))
