"""Which examples stand in which batch: a function of sizes and seed, so a resumed training needs no bookkeeping."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

POOL_BATCHES = 8
"""Batches are cut from pools of this many, sorted by length: little padding, yet the mix still changes each pass."""


def batch_order(lengths: Sequence[int], *, batch_size: int, steps: int, rng: np.random.Generator) -> list[list[int]]:
    """`steps` batches of indices into `lengths`.

    Every pass holds each index exactly once (the last batch of a pass may be smaller); the last pass is cut
    where the steps end. Examples of similar length meet in a batch, and batches follow each other at random.
    """
    if not lengths or batch_size < 1:
        raise ValueError(f"batches need examples and a positive size, got {len(lengths)} and {batch_size}")
    batches: list[list[int]] = []
    while len(batches) < steps:
        batches.extend(_one_pass(np.asarray(lengths), batch_size, rng))
    return batches[:steps]


def steps_for_passes(count: int, *, batch_size: int, passes: float) -> int:
    """The number of batches in about `passes` passes over `count` examples, at least 1."""
    return max(1, round(passes * ceil(count / batch_size)))


def _one_pass(lengths: np.ndarray, batch_size: int, rng: np.random.Generator) -> list[list[int]]:
    order = rng.permutation(len(lengths))
    pool_size = batch_size * POOL_BATCHES
    batches: list[list[int]] = []
    for start in range(0, len(order), pool_size):
        pool = order[start : start + pool_size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches.extend(pool[first : first + batch_size].tolist() for first in range(0, len(pool), batch_size))
    return [batches[position] for position in rng.permutation(len(batches))]
