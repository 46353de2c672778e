"""Finding values in a text: every word begins a value of some field, continues one, or stands outside.

The scheme is BIO (Ramshaw and Marcus 1995, arXiv:cmp-lg/9505040); of the legal sequences the best is found by
Viterbi's algorithm (1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.task.protocols import FloatArray

OUTSIDE = 0
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """Words `start` up to `stop` (not included) are a value of field number `field`. `share` in [0, 1] is the
    geometric mean probability of its tags; 1 for a span that is known."""

    field: int
    start: int
    stop: int
    share: float = 1.0


def begins(field: int) -> int:
    """The tag of a word that begins a value of this field."""
    return 2 * field + 1


def tags_of(length: int, spans: Sequence[Span]) -> IntArray:
    """One tag per word, shape (length,): 0 outside, 2 f + 1 begins field f, 2 f + 2 continues it. Of spans that
    overlap the earlier in the sequence stands."""
    tags = np.zeros(length, dtype=np.int64)
    for span in spans:
        if not tags[span.start : span.stop].any():
            tags[span.start : span.stop] = begins(span.field) + 1
            tags[span.start] = begins(span.field)
    return tags


def spans_of(tags: Sequence[int], shares: FloatArray) -> list[Span]:
    """The spans of a legal sequence of tags, in order. `shares`: the probability of each word's tag."""
    found: list[Span] = []
    for position, tag in enumerate(tags):
        if tag % 2:
            found.append(Span(tag // 2, position, position + 1))
        elif tag != OUTSIDE:
            found[-1] = Span(found[-1].field, found[-1].start, position + 1)
    return [
        Span(span.field, span.start, span.stop, float(np.exp(np.log(shares[span.start : span.stop]).mean())))
        for span in found
    ]


def best_legal_tags(log_shares: FloatArray, tags: Sequence[int]) -> list[int]:
    """The sequence with the highest sum of `log_shares` in which every continuing word follows one of its field.

    `log_shares`: shape (n_words, n_tags), columns in the order of `tags`. Of equals the lower column.
    """
    n_words = len(log_shares)
    if not n_words:
        return []
    barred = np.array([[0.0 if _may_follow(before, after) else -np.inf for after in tags] for before in tags])
    starts = np.array([0.0 if _may_follow(OUTSIDE, tag) else -np.inf for tag in tags])
    score = starts + log_shares[0]
    back = np.zeros(log_shares.shape, dtype=np.int64)
    for position in range(1, n_words):
        ways = score[:, np.newaxis] + barred
        back[position] = ways.argmax(axis=0)
        score = ways.max(axis=0) + log_shares[position]
    column = int(score.argmax())
    path = [column]
    for position in range(n_words - 1, 0, -1):
        column = int(back[position, column])
        path.append(column)
    return [tags[column] for column in reversed(path)]


def _may_follow(before: int, after: int) -> bool:
    return after == OUTSIDE or after % 2 == 1 or before in (after, after - 1)
