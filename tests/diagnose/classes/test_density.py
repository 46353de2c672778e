from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from rung.diagnose.classes.density import FloatArray, hdbscan


def scattered(seed: int, clusters: int, dimensions: int) -> FloatArray:
    """Points around some centres, and others anywhere."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dimensions)) * 3
    near = centres[rng.integers(0, clusters, 240)] + rng.normal(size=(240, dimensions)) * 0.4
    return np.concatenate([near, rng.normal(size=(60, dimensions)) * 4])


def by_scikit_learn(points: FloatArray, least: int, neighbours: int) -> list[int]:
    labels = HDBSCAN(min_cluster_size=least, min_samples=neighbours, copy=True).fit(points).labels_
    return [int(label) for label in labels]


@pytest.mark.parametrize("seed", range(6))
def test_clusters_are_those_of_scikit_learn_where_no_two_distances_are_equal(seed: int) -> None:
    points = scattered(seed, clusters=2 + seed, dimensions=2 + seed)
    ours = hdbscan(points, least=8, neighbours=1)
    theirs = by_scikit_learn(points, 8, 1)
    assert adjusted_rand_score(ours, theirs) == 1.0
    assert [label < 0 for label in ours] == [label < 0 for label in theirs]


@pytest.mark.parametrize("seed", range(6))
def test_smoothed_densities_differ_from_scikit_learn_only_in_the_order_of_equal_distances(seed: int) -> None:
    points = scattered(seed, clusters=3, dimensions=4)
    assert adjusted_rand_score(hdbscan(points, least=10, neighbours=4), by_scikit_learn(points, 10, 4)) > 0.95


def test_fewer_points_than_two_clusters_need_make_none() -> None:
    assert hdbscan(np.zeros((9, 2)), least=5, neighbours=3).tolist() == [-1] * 9
    assert hdbscan(np.zeros((0, 2)), least=5, neighbours=3).size == 0


def test_copies_are_no_denser_than_points_that_are_nearly_alike() -> None:
    """Six copies amid forty points of one topic: without a nearest distance they would be a cluster of their own."""
    rng = np.random.default_rng(0)
    topic, other = rng.normal(size=(40, 3)) * 0.05, rng.normal(size=(40, 3)) * 0.05 + 5.0
    points = np.concatenate([topic, np.repeat(topic[:1], 6, axis=0), other])
    labels = hdbscan(points, least=5, neighbours=3, nearest=0.2)
    assert len(set(labels[:46].tolist())) == 1
    assert len(set(labels[46:].tolist())) == 1
    assert labels[0] != labels[46]


def test_points_that_are_all_the_same_are_handled() -> None:
    assert set(hdbscan(np.ones((30, 2)), least=5, neighbours=3).tolist()) <= {-1, 0, 1, 2, 3}
