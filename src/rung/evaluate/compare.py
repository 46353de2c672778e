"""Which of two strategies is better on the same items."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from rung.errors import InvalidData
from rung.estimate import LEVEL, Estimate, Figure, Provenance
from rung.evaluate.run import Comparison, Row, Run
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import clustered_mid_p, connor_items, effective_items, holm, paired_difference
from rung.task.task import SEGMENTS

POWER = 0.80
"""Chance that a repetition with the items advised would tell the two apart, if what was seen is true."""

MOST_ITEMS = 100_000
"""Beyond this no number of items is advised: a difference that small decides nothing."""

_Pair = tuple[Row, Row]


def compare(challenger: Run, baseline: Run, *, level: float = LEVEL) -> Comparison:
    """Challenger minus baseline in task success, on the items that both have, with intervals at `level`.

    The p-value is McNemar's mid-p, whole groups counted together where items share them. While the interval
    contains 0, `items_needed` is how many items in all would tell the two apart with probability `POWER`, if the
    outcomes on which they differ keep their shares; None when it does not, or no number can be told. Segments
    are tested together (Holm). InvalidData when no item is shared, or one id stands for two items.
    """
    pairs = _pairs(challenger, baseline)
    source = _source(challenger, baseline)
    segments = {name: [pair for pair in pairs if pair[0].example.segment == name] for name in SEGMENTS}
    present = {name: part for name, part in segments.items() if part}
    adjusted = holm([_p_value(part) for part in present.values()])
    overall = _difference(pairs, level, source)
    by_segment: dict[str, Figure] = {name: _difference(part, level, source) for name, part in present.items()}
    return Comparison(
        challenger=challenger.strategy,
        baseline=baseline.strategy,
        difference=overall,
        p_value=_p_value(pairs),
        wins=_wins(pairs),
        losses=_losses(pairs),
        items_needed=_items_needed(pairs, overall, level),
        by_segment=by_segment,
        p_holm=dict(zip(present, adjusted, strict=True)),
    )


def _pairs(challenger: Run, baseline: Run) -> list[_Pair]:
    theirs = {row.example.id: row for row in baseline.rows}
    pairs = [(row, theirs[row.example.id]) for row in challenger.rows if row.example.id in theirs]
    if not pairs:
        raise InvalidData(
            f"{challenger.strategy} ({challenger.split}) and {baseline.strategy} ({baseline.split}) share no item: "
            "a comparison needs both on the same items; run both on the same split"
        )
    for mine, other in pairs:
        if (mine.example.input, mine.example.expected) != (other.example.input, other.example.expected):
            raise InvalidData(
                f"item {mine.example.id!r} differs between the run of {challenger.strategy} and that of "
                f"{baseline.strategy}: the examples changed in between; run both again"
            )
    return pairs


def _source(challenger: Run, baseline: Run) -> str:
    """Names both runs; the split once where it is the same."""
    split = "" if challenger.split == baseline.split else f", {challenger.split}"
    return f"run {challenger.id[:12]}{split} minus run {baseline.id[:12]}, {baseline.split}"


def _groups(pairs: Sequence[_Pair]) -> list[str]:
    return groups_of([mine for mine, _ in pairs])


def _changes(pairs: Sequence[_Pair]) -> list[int]:
    """1 where only the challenger succeeds, -1 where only the baseline does, else 0."""
    return [int(mine.success) - int(other.success) for mine, other in pairs]


def _wins(pairs: Sequence[_Pair]) -> int:
    return _changes(pairs).count(1)


def _losses(pairs: Sequence[_Pair]) -> int:
    return _changes(pairs).count(-1)


def _p_value(pairs: Sequence[_Pair]) -> float:
    return clustered_mid_p(_changes(pairs), _groups(pairs))


def _difference(pairs: Sequence[_Pair], level: float, source: str) -> Estimate:
    interval = paired_difference(
        [mine.success for mine, _ in pairs], [other.success for _, other in pairs], _groups(pairs), level=level
    )
    return sampled(interval, "share", len(pairs), Provenance.MEASURED, source)


def _items_needed(pairs: Sequence[_Pair], difference: Estimate, level: float) -> int | None:
    low, high = difference.low, difference.high
    if (low is not None and low > 0) or (high is not None and high < 0) or difference.value == 0:
        return None
    effective = effective_items(_changes(pairs), _groups(pairs))
    if effective is None:
        return None
    n = len(pairs)
    independent = connor_items(_wins(pairs) / n, _losses(pairs) / n, alpha=1 - level, power=POWER)
    items = max(n + 1, ceil(independent * n / effective))
    return items if items <= MOST_ITEMS else None
