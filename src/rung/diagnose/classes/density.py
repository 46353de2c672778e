"""Clusters where points lie dense, and no cluster for the others: HDBSCAN.

Campello, Moulavi and Sander (2013), "Density-based clustering based on hierarchical density estimates". Written out
here, because the base install has no scikit-learn and the clusters of an analysis should not depend on what else is
installed; scikit-learn's is the oracle of the tests. Exact, in time quadratic in the points and memory linear.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class _Split:
    """`child` (a point below n, else a cluster) leaves cluster `parent` at density `density` = 1 / distance."""

    parent: int
    child: int
    density: float
    size: int


def hdbscan(points: NDArray[np.floating], *, least: int, neighbours: int, nearest: float = 0.0) -> IndexArray:
    """The cluster of every point, shape (n_points,), numbered from 0; -1 where the points lie too thin for one.

    A cluster has at least `least` points. A point's density follows from the distance to its `neighbours`-th nearest
    point, itself counted. Distances (Euclidean) below `nearest` count as `nearest`, so that copies of one text are no
    denser than texts that say the same. Clusters are chosen by excess of mass; all points together are never one.
    """
    array = np.ascontiguousarray(points, dtype=np.float64)
    count = array.shape[0]
    if count < 2 * least:
        return np.full(count, -1, dtype=np.intp)
    core = np.maximum(_core_distances(array, min(neighbours, count)), nearest)
    merges = _merged(_spanning_tree(array, core), count)
    splits = _condensed(merges, count, least)
    return _labelled(splits, _chosen(splits, count), count)


def _core_distances(points: FloatArray, neighbours: int) -> FloatArray:
    """The distance of every point to its `neighbours`-th nearest, itself the first: found in single precision,
    told in double. A pass for each neighbour is faster than sorting, as they are few."""
    light = points.astype(np.float32)
    squares = (light**2).sum(axis=1)
    core = np.zeros(len(points))
    for start in range(0, len(points), _BLOCK):
        block = slice(start, start + _BLOCK)
        apart = squares[None, :] - 2.0 * (light[block] @ light.T)
        own = np.arange(len(apart))
        apart[own, own + start] = np.inf
        for _ in range(neighbours - 1):
            nearest = apart.argmin(axis=1)
            apart[own, nearest] = np.inf
            exact = np.linalg.norm(points[block] - points[nearest], axis=1)
            core[block] = np.maximum(core[block], exact)
    return core


def _spanning_tree(points: FloatArray, core: FloatArray) -> list[tuple[float, int, int]]:
    """Edges (mutual reachability distance, point, point) of a minimum spanning tree, shortest first (Prim 1957)."""
    count = len(points)
    squares = (points**2).sum(axis=1)
    left = np.arange(1, count)
    reach = np.full(count - 1, np.inf)
    source = np.zeros(count - 1, dtype=np.intp)
    rest, rest_squares, rest_core = points[1:].copy(), squares[1:].copy(), core[1:].copy()
    edges: list[tuple[float, int, int]] = []
    current, size = 0, count - 1
    while size:
        apart = rest_squares[:size] - 2.0 * (rest[:size] @ points[current]) + squares[current]
        np.sqrt(np.maximum(apart, 0.0, out=apart), out=apart)
        np.maximum(apart, rest_core[:size], out=apart)
        np.maximum(apart, core[current], out=apart)
        closer = apart < reach[:size]
        reach[:size][closer] = apart[closer]
        source[:size][closer] = current
        nearest = int(reach[:size].argmin())
        edges.append((float(reach[nearest]), int(source[nearest]), int(left[nearest])))
        current, size = int(left[nearest]), size - 1
        for column in (left, reach, source, rest_squares, rest_core):
            column[nearest] = column[size]
        rest[nearest] = rest[size]
    return sorted(edges)


def _merged(edges: list[tuple[float, int, int]], count: int) -> list[tuple[int, int, float, int]]:
    """Single linkage: merge number i joins two nodes to node count + i at a distance; the last entry is its size."""
    above = list(range(2 * count - 1))
    sizes = [1] * count + [0] * (count - 1)
    merges: list[tuple[int, int, float, int]] = []

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for distance, one, other in edges:
        left, right, node = top(one), top(other), count + len(merges)
        above[left] = above[right] = node
        sizes[node] = sizes[left] + sizes[right]
        merges.append((left, right, distance, sizes[node]))
    return merges


def _condensed(merges: list[tuple[int, int, float, int]], count: int, least: int) -> list[_Split]:
    """The tree with every split that leaves fewer than `least` points on a side read as points falling out."""
    splits: list[_Split] = []
    cluster_of = {count + len(merges) - 1: count}
    following = count + 1
    waiting = [count + len(merges) - 1]
    while waiting:
        node = waiting.pop()
        cluster = cluster_of[node]
        left, right, distance, _ = merges[node - count]
        density = 1.0 / distance if distance > 0.0 else np.inf
        sizes = {side: merges[side - count][3] if side >= count else 1 for side in (left, right)}
        both = min(sizes.values()) >= least
        for side in (left, right):
            if sizes[side] < least:
                splits.extend(_Split(cluster, point, density, 1) for point in _points_under(side, merges, count))
                continue
            cluster_of[side] = cluster
            if both:
                splits.append(_Split(cluster, following, density, sizes[side]))
                cluster_of[side], following = following, following + 1
            if side >= count:
                waiting.append(side)
    return splits


def _points_under(node: int, merges: list[tuple[int, int, float, int]], count: int) -> list[int]:
    points, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if one < count:
            points.append(one)
        else:
            waiting.extend(merges[one - count][:2])
    return points


def _chosen(splits: list[_Split], count: int) -> set[int]:
    """Clusters that hold more mass than all clusters inside them: sum over points of (density left - density born)."""
    born = {split.child: split.density for split in splits if split.child >= count}
    mass: defaultdict[int, float] = defaultdict(float)
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for split in splits:
        start = born.get(split.parent, 0.0)
        mass[split.parent] += (split.density - start) * split.size if split.density > start else 0.0
        if split.child >= count:
            inside[split.parent].append(split.child)
    chosen: set[int] = set()
    best: dict[int, float] = {}
    for cluster in sorted(born, reverse=True):  # inner clusters have higher numbers
        within = sum(best[child] for child in inside[cluster])
        if inside[cluster] and within > mass[cluster]:
            best[cluster] = within
        else:
            best[cluster] = mass[cluster]
            chosen.add(cluster)
    outermost: set[int] = set()
    waiting = list(inside[count])
    while waiting:
        cluster = waiting.pop()
        if cluster in chosen:
            outermost.add(cluster)
        else:
            waiting.extend(inside[cluster])
    return outermost


def _labelled(splits: list[_Split], chosen: set[int], count: int) -> IndexArray:
    above = {split.child: split.parent for split in splits}
    labels = np.full(count, -1, dtype=np.intp)
    owner: dict[int, int] = {}
    for cluster in sorted({split.parent for split in splits} | chosen):  # outer clusters have lower numbers
        owner[cluster] = cluster if cluster in chosen else owner.get(above.get(cluster, -1), -1)
    numbers = {cluster: number for number, cluster in enumerate(sorted(chosen))}
    for split in splits:
        if split.child < count:
            labels[split.child] = numbers.get(owner[split.parent], -1)
    return labels
