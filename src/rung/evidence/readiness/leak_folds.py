"""The items that a leak is measured on, and the folds that are held against folds which no value crosses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rung.evidence.readiness.probe import IntArray

MOST_ITEMS = 2_000
"""Items that the probe is tried on, a second or two for each field; of more, a seeded sample is taken."""
_WHOLE_VALUES = 20
"""A sample takes whole values of a field where at least so many fit into it, since mates of one value make the leak."""


def sampled_places(values: Sequence[str], together: Sequence[str], rng: np.random.Generator) -> tuple[IntArray, str]:
    """Positions to measure on, increasing, and what was left out.

    One item of each declared group where groups hold several values: then the values can be kept apart without tearing
    a group. Of more than `MOST_ITEMS`, whole values or, where those are large, items at random.
    """
    places = np.arange(len(values))
    notes = []
    if len(set(zip(values, together, strict=True))) > len(set(together)):
        shuffled = rng.permutation(places)
        _, first = np.unique(np.asarray(together, dtype=object)[shuffled].astype(str), return_index=True)
        places = np.sort(shuffled[first])
        notes.append("one item of each declared group")
    if places.size > MOST_ITEMS:
        whole = places.size
        names, codes = np.unique(np.asarray(values, dtype=object)[places].astype(str), return_inverse=True)
        if names.size * MOST_ITEMS >= _WHOLE_VALUES * places.size:
            rank = rng.permutation(names.size)[codes]
            order = np.argsort(rank, kind="stable")
            last = rank[order][MOST_ITEMS - 1]
            places = places[rank <= last]
        else:
            places = np.sort(rng.choice(places, size=MOST_ITEMS, replace=False))
        notes.append(f"a sample of {places.size:,} of {whole:,} items")
    return places.astype(np.int64), "; ".join(notes)


def folds_like(folds: IntArray, together: Sequence[str], targets: Sequence[str], rng: np.random.Generator) -> IntArray:
    """Random folds of about the same sizes, shape (n,), no group in two of them and labels spread evenly.

    Sizes are kept because a model that learns from fewer items scores lower: uneven folds would look like a leak.
    """
    shares = np.bincount(folds) / folds.size
    labels = np.unique(targets, return_inverse=True)[1]
    _, codes = np.unique(np.asarray(together, dtype=object).astype(str), return_inverse=True)
    lacking = np.outer(shares, np.bincount(labels)).astype(np.float64)
    sizes = np.bincount(codes)
    shuffled = rng.permutation(sizes.size)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(sizes)[:-1])
    result = np.empty(folds.size, dtype=np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        own = labels[members[group]]
        # Where labels are too rare to tell the folds apart, the one that lacks most items.
        room = lacking[:, own].sum(axis=1) + 1e-3 * lacking.sum(axis=1)
        fold = int(room.argmax())
        result[members[group]] = fold
        np.subtract.at(lacking[fold], own, 1.0)
    return result


def known_elsewhere(targets: Sequence[str], folds: IntArray) -> NDArray[np.bool_]:
    """Which items have a label that another fold has, too, so that a model could have learned it; shape (n,)."""
    labels = np.unique(targets, return_inverse=True)[1]
    counts = np.zeros((int(folds.max()) + 1, int(labels.max()) + 1), dtype=np.int64)
    np.add.at(counts, (folds, labels), 1)
    return np.asarray(counts.sum(axis=0)[labels] > counts[folds, labels])
