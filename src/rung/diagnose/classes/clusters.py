"""Failed inputs that are alike: clusters with a name, and the rest that is like nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.classes.cluster_names import counted, item_terms, telling_terms
from rung.diagnose.classes.density import hdbscan
from rung.diagnose.classes.text_vectors import text_vectors, unit_rows
from rung.diagnose.stakes import IndexArray

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""A row for each text, shape (n_texts, dimensions); their length does not matter."""

LEAST = 5
"""The fewest failures that make a cluster; a hundredth of all of them where that is more."""
MOST_POINTS = 10_000
"""Density takes time quadratic in the points (5 s for so many). Of more failures a seeded sample is clustered, and
each other one joins the cluster of the nearest of the sample."""
_DIMENSIONS = 15
_NEIGHBOURS = 3
_NEAREST = 0.1
"""In the reduced space, a cosine of .995: texts nearer than this say the same."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """`members` are positions among the failed inputs, nearest the centre first; `terms` name it, most telling
    first."""

    terms: tuple[str, ...]
    members: tuple[int, ...]


def clusters(
    failed: Sequence[str],
    others: Sequence[str],
    groups: Sequence[int],
    *,
    embed: Embed | None,
    most: int,
    seed: int,
) -> tuple[tuple[Cluster, ...], tuple[int, ...], int]:
    """At most `most` clusters of the `failed` inputs, largest first; the positions of those in none; and how many
    clusters were left out (their members are in none).

    `others` are inputs that did not fail so: they decide which words are telling. `groups` is the group of each failed
    input. `embed` gives a row per text; without it, text_vectors.py does. Points are reduced to their 15 widest
    directions and put on the unit sphere, where density is searched for: in hundreds of dimensions nothing is dense.
    """
    everyone = tuple(range(len(failed)))
    if len(failed) < 2 * LEAST:
        return (), everyone, 0
    least = max(LEAST, min(len(failed), MOST_POINTS) // 100)
    rows = text_vectors(failed, others, least=least, seed=seed) if embed is None else unit_rows(embed(failed))
    placed = np.flatnonzero(rows.any(axis=1))  # a row of zeros is like nothing
    points = np.zeros((len(failed), 1), dtype=np.float32)
    labels = np.full(len(failed), -1, dtype=np.intp)
    if placed.size:
        few = _reduced(rows[placed])
        points = np.zeros((len(failed), few.shape[1]), dtype=np.float32)
        points[placed] = few
        labels[placed] = _labels(few, least, seed)
    labels = _without_lone_groups(labels, np.asarray(groups))
    sizes = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0, dtype=np.intp)
    if not sizes.size:
        return (), everyone, 0
    shown = np.argsort(-sizes, kind="stable")[: min(most, int((sizes > 0).sum()))]
    own = [item_terms(text) for text in failed]
    everywhere = counted(own) + counted([item_terms(text) for text in others])
    found = []
    for label in shown:
        members = _from_the_centre(points, np.flatnonzero(labels == label))
        terms = telling_terms(
            [own[member] for member in members],
            everywhere,
            len(failed) + len(others),
            [groups[member] for member in members],
        )
        found.append(Cluster(terms, members))
    rest = tuple(int(position) for position in np.flatnonzero(~np.isin(labels, shown)))
    return tuple(found), rest, int((sizes > 0).sum() - len(shown))


def _reduced(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of unit length in few dimensions, shape (n_rows, at most 15)."""
    centred = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    return unit_rows(centred @ directions[:, ::-1][:, :_DIMENSIONS])


def _without_lone_groups(labels: IndexArray, groups: NDArray[np.int64]) -> IndexArray:
    """No cluster of a single group where there are several: one item and its variants are no kind of item."""
    kept = labels.copy()
    if len(np.unique(groups)) > 1:
        for label in range(int(labels.max(initial=-1)) + 1):
            if len(np.unique(groups[labels == label])) < 2:
                kept[labels == label] = -1
    return kept


def _labels(points: NDArray[np.float32], least: int, seed: int) -> IndexArray:
    if len(points) <= MOST_POINTS:
        return hdbscan(points, least=least, neighbours=_NEIGHBOURS, nearest=_NEAREST)
    drawn = np.sort(np.random.default_rng(seed).choice(len(points), MOST_POINTS, replace=False))
    of_drawn = hdbscan(points[drawn], least=least, neighbours=_NEIGHBOURS, nearest=_NEAREST)
    labels = np.empty(len(points), dtype=np.intp)
    for start in range(0, len(points), 1_000):
        block = slice(start, start + 1_000)
        labels[block] = of_drawn[(points[block] @ points[drawn].T).argmax(axis=1)]
    labels[drawn] = of_drawn
    return labels


def _from_the_centre(points: NDArray[np.float32], members: IndexArray) -> tuple[int, ...]:
    centre = points[members].mean(axis=0)
    near = points[members] @ centre
    return tuple(int(members[place]) for place in np.argsort(-near, kind="stable"))
