"""Confident learning: how often one label was written where another was meant.

Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", arXiv:1911.00068,
sections 3.1 and 3.2. A label counts as meant where its held-out probability is at least the mean of that probability
over the items that were given the label; so a label that the probe is generally unsure of needs less.
"""

from __future__ import annotations

import numpy as np

from rung.evidence.readiness.probe import FloatArray, IntArray


def thresholds(probabilities: FloatArray, given: IntArray) -> FloatArray:
    """Shape (k,): the mean probability of each label over the items that were given it; infinite without such items.

    `probabilities` has shape (n, k), `given` shape (n,) holds positions of labels.
    """
    counts = np.bincount(given, minlength=probabilities.shape[1])
    sums = np.bincount(given, probabilities[np.arange(len(given)), given], minlength=probabilities.shape[1])
    means: FloatArray = np.full(len(counts), np.inf)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def meant_labels(probabilities: FloatArray, given: IntArray) -> IntArray:
    """Shape (n,): the likeliest label among those that reach their threshold; -1 where none does."""
    reached = np.where(probabilities >= thresholds(probabilities, given), probabilities, -1.0)
    return np.where(reached.max(axis=1) >= 0.0, reached.argmax(axis=1), -1).astype(np.int64)


def calibrated_joint(given: IntArray, meant: IntArray, labels: int, weights: FloatArray | None = None) -> FloatArray:
    """Shape (labels, labels), summing to 1: the estimated share of items given one label (row) and meant as another.

    Each row of confident counts is stretched to the share of items with that given label; a label without a confident
    item is taken to be right. `weights` says how many times each item counts.
    """
    weight = np.ones(len(given)) if weights is None else weights
    sure = meant >= 0
    cells = np.bincount(given[sure] * labels + meant[sure], weight[sure], minlength=labels * labels)
    joint = cells.reshape(labels, labels)
    rows = joint.sum(axis=1)
    shares = np.divide(joint, rows[:, None], out=np.eye(labels), where=rows[:, None] > 0)
    counts = np.bincount(given, weight, minlength=labels)
    return np.asarray(shares * (counts / counts.sum())[:, None])


def mistaken_share(given: IntArray, meant: IntArray, labels: int, weights: FloatArray | None = None) -> float:
    """The share off the diagonal of the calibrated joint, in [0, 1]."""
    if labels < 2:
        return 0.0
    weight = np.ones(len(given)) if weights is None else weights
    sure = meant >= 0
    confident = np.bincount(given[sure], weight[sure], minlength=labels)
    wrong = np.bincount(given[sure], weight[sure] * (meant != given)[sure], minlength=labels)
    counts = np.bincount(given, weight, minlength=labels)
    shares = np.divide(wrong, confident, out=np.zeros(labels), where=confident > 0)
    return float(shares @ counts / counts.sum())
