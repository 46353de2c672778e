"""One ranking out of several."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

RANK_CONSTANT = 60
"""The k of the original paper; it damps how much a first place outweighs a tenth."""


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], k: int = RANK_CONSTANT) -> list[tuple[int, float]]:
    """(entry, score) of every entry that any ranking names, best first.

    score = sum over the rankings that name the entry of 1 / (k + rank), ranks from 1. Cormack, Clarke and Büttcher
    (2009), "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR. Only ranks
    enter, so scores on different scales can be fused. Equal scores go by the best single rank, then by the place
    in the earlier ranking, then by the entry's number. Each ranking holds an entry once at most, else ValueError.
    """
    ranks: dict[int, list[tuple[int, int]]] = {}
    for place, ranking in enumerate(rankings):
        if len(set(ranking)) != len(ranking):
            raise ValueError(f"ranking {place} names an entry twice")
        for rank, entry in enumerate(ranking, start=1):
            ranks.setdefault(int(entry), []).append((rank, place))
    scored = {entry: fsum(1.0 / (k + rank) for rank, _ in found) for entry, found in ranks.items()}

    def order(entry: int) -> tuple[float, int, int, int]:
        best_rank, place = min(ranks[entry])
        return (-scored[entry], best_rank, place, entry)

    return [(entry, scored[entry]) for entry in sorted(scored, key=order)]
