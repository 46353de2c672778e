"""Nested parts of train: stratified, whole groups together, in a random order that a seed fixes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rung.task.example import Example

SIZES = 6
SMALLEST_SHARE = 1 / 32
PER_STRATUM = 2
FEWEST_LABELS = 4
SPAN = 4.4
"""Of the sizes where strata would make the smallest too large: a little over the factor of four that a curve needs,
because whole groups make sizes come out beside their plan."""


def planned_sizes(train_items: int, strata: int) -> tuple[int, ...]:
    """Up to `SIZES` numbers of labels in equal ratios up to all of train, rising and different.

    The smallest has about two items a stratum where that leaves a factor of four, and at least
    a thirty-second of train.
    """
    smallest = max(train_items * SMALLEST_SHARE, PER_STRATUM * strata, FEWEST_LABELS)
    smallest = max(min(smallest, train_items / SPAN), 1.0)
    return tuple(sorted({round(size) for size in np.geomspace(smallest, max(train_items, 1), SIZES)}))


def nested_order(
    train: Sequence[Example], strata_of: Callable[[Example], tuple[str, ...]], *, rng: np.random.Generator
) -> list[list[int]]:
    """The groups of train as lists of positions, in an order of which every beginning is about stratified.

    A group belongs to the strata of its first item. Within a stratum groups are shuffled and spread evenly over (0, 1]
    by their items, from a random start; a beginning of the order is then a systematic sample of each stratum.
    """
    groups: dict[str, list[int]] = {}
    for position, example in enumerate(train):
        groups.setdefault(example.group, []).append(position)
    strata: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(groups):
        strata.setdefault(tuple(strata_of(train[groups[name][0]])), []).append(name)
    places: list[tuple[float, str]] = []
    for stratum in sorted(strata):
        names = [strata[stratum][index] for index in rng.permutation(len(strata[stratum]))]
        items = np.array([len(groups[name]) for name in names], dtype=np.float64)
        start = rng.random()
        ends = (np.cumsum(items) - items * (1 - start)) / items.sum()
        places += zip(ends.tolist(), names, strict=True)
    return [groups[name] for _, name in sorted(places)]


def beginning(order: Sequence[Sequence[int]], size: int) -> list[int]:
    """The positions of the first groups of the order, as near to `size` items as whole groups come, at least one group.
    Sorted; the beginnings of one order are nested."""
    taken: list[int] = []
    for group in order:
        if taken and len(taken) + len(group) - size > size - len(taken):
            break
        taken += group
    return sorted(taken)
