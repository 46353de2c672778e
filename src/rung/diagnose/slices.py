"""Where the failures are: by segment, flow, label, field or kind of question, and which labels are taken for which."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from rung.diagnose.diagnosis import Confusion, Dimension, ErrorClass, Slice
from rung.diagnose.shares import share_of
from rung.evaluate.judging.outcomes import CONTRACT, OUTCOMES
from rung.evaluate.run import Row
from rung.task.task import Kind

DIMENSIONS: dict[Kind, tuple[Dimension, ...]] = {
    "classify": ("segment", "flow", "label"),
    "extract": ("segment", "flow", "field"),
    "answer": ("segment", "flow", "question"),
    "generate": ("segment", "flow"),
}
CONFUSIONS_SHOWN = 20


def slices(
    rows: Sequence[Row], *, source: str, kind: Kind = "classify", multi_label: bool = False
) -> tuple[Slice, ...]:
    """Every value of every dimension of this kind, most failures first within its dimension.

    An item without a segment or flow belongs to no slice of that dimension; one with several labels to several.
    """
    found: list[Slice] = []
    for dimension in DIMENSIONS[kind]:
        parts: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            for value in _values(row, dimension, multi_label):
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


def error_classes(rows: Sequence[Row], *, source: str) -> tuple[ErrorClass, ...]:
    """The failures by their outcome: errors of form in the order they are looked for, then the others by count."""
    failed = [row for row in rows if not row.success]
    by_outcome: defaultdict[str, list[str]] = defaultdict(list)
    for row in failed:
        if row.outcome:
            by_outcome[row.outcome].append(row.example.id)

    def place(outcome: str) -> tuple[int, int, str]:
        form = CONTRACT.index(outcome) if outcome in CONTRACT else len(CONTRACT)
        return form, -len(by_outcome[outcome]), outcome

    return tuple(
        ErrorClass(
            outcome,
            OUTCOMES.get(outcome, outcome),
            len(by_outcome[outcome]),
            share_of(failed, [row.outcome == outcome for row in failed], source=f"{source}: {outcome}"),
            tuple(by_outcome[outcome]),
        )
        for outcome in sorted(by_outcome, key=place)
    )


def _values(row: Row, dimension: Dimension, multi_label: bool) -> tuple[str, ...]:
    """The slices of the dimension that the row belongs to."""
    example = row.example
    if dimension == "field":
        return tuple(row.fields)
    if dimension == "question":
        return ("answerable" if example.expected else "unanswerable",)
    if dimension == "label":
        return tuple(json.loads(example.expected)) if multi_label else (example.expected,)
    value = example.segment if dimension == "segment" else example.flow
    return () if value is None else (value,)


def _slice(dimension: Dimension, value: str, rows: Sequence[Row], source: str) -> Slice:
    failed = [not (row.fields[value] if dimension == "field" else row.success) for row in rows]
    rate = share_of(rows, failed, source=f"{source}: {dimension} {value}")
    return Slice(dimension, value, items=len(rows), failures=sum(failed), failure_rate=rate)
