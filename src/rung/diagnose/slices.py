"""Where the failures are: by segment, flow and label, and which labels are taken for which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from rung.diagnose.diagnosis import Confusion, Slice
from rung.diagnose.shares import share_of
from rung.evaluate.run import Row

Dimension = Literal["segment", "flow", "label"]
DIMENSIONS: tuple[Dimension, ...] = ("segment", "flow", "label")
CONFUSIONS_SHOWN = 20


def slices(rows: Sequence[Row], *, source: str) -> tuple[Slice, ...]:
    """Every value of every dimension, most failures first within its dimension.

    An item without a segment or flow belongs to no slice of that dimension.
    """
    found: list[Slice] = []
    for dimension in DIMENSIONS:
        parts: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            value = _value(row, dimension)
            if value is not None:
                parts[value].append(row)
        of_dimension = [_slice(dimension, value, part, source) for value, part in parts.items()]
        found.extend(sorted(of_dimension, key=lambda part: (-part.failures, part.items, part.value)))
    return tuple(found)


def confusions(rows: Sequence[Row]) -> tuple[Confusion, ...]:
    """Pairs (right label, answered label) of the failures that gave an answer, most frequent first, at most 20."""
    pairs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if not row.success and row.prediction.output and row.prediction.output != row.example.expected:
            pairs[row.example.expected, row.prediction.output].append(row.example.id)
    ordered = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        Confusion(expected, answered, len(ids), tuple(ids)) for (expected, answered), ids in ordered[:CONFUSIONS_SHOWN]
    )


def _value(row: Row, dimension: Dimension) -> str | None:
    if dimension == "segment":
        return row.example.segment
    return row.example.flow if dimension == "flow" else row.example.expected


def _slice(dimension: Dimension, value: str, rows: Sequence[Row], source: str) -> Slice:
    failed = [not row.success for row in rows]
    rate = share_of(rows, failed, source=f"{source}: {dimension} {value}")
    return Slice(dimension, value, items=len(rows), failures=sum(failed), failure_rate=rate)
