"""What a run says beside the four metrics: graded scores, single fields of a record, broken policies."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.judging.label_set import overlap
from rung.evaluate.run import Row, Unscored
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import Interval, clustered_mean, clustered_wilson, fieller
from rung.task.task import Policy


def graded(rows: Sequence[Row], source: str, *, several_labels: bool = False) -> dict[str, Figure]:
    """The mean of each graded score over the rows that have it, in [0, 1], sorted by name.

    With `several_labels` also "micro_f1": F1 over the labels of all items together, with Fieller's interval.
    """
    names = sorted({name for row in rows for name in row.scores})
    found: dict[str, Figure] = {}
    for name in names:
        part = [row for row in rows if name in row.scores]
        mean = clustered_mean([row.scores[name] for row in part], groups_of(part), level=LEVEL)
        found[name] = _share(mean, len(part), source)
    if several_labels and rows:
        found["micro_f1"] = _micro_f1(rows, source)
    return found


def field_rates(rows: Sequence[Row], source: str) -> dict[str, Figure]:
    """How often each field is right among the rows that expect or answer it, in the order of first appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row.fields))
    rates: dict[str, Figure] = {}
    for name in names:
        part = [row for row in rows if name in row.fields]
        share = clustered_wilson([row.fields[name] for row in part], groups_of(part), level=LEVEL)
        rates[name] = sampled(share, "share", len(part), Provenance.MEASURED, source)
    return rates


def policy_rates(outcomes: Sequence[Row | Unscored], policies: Sequence[Policy], source: str) -> dict[str, Figure]:
    """How often each declared policy was broken, over all answers, judged or not."""
    groups = [outcome.example.group for outcome in outcomes]
    rates: dict[str, Figure] = {}
    for policy in policies:
        broken = [policy.name in outcome.policy_breaks for outcome in outcomes]
        share = clustered_wilson(broken, groups, level=LEVEL)
        rates[policy.name] = sampled(share, "share", len(broken), Provenance.MEASURED, source)
    return rates


def _micro_f1(rows: Sequence[Row], source: str) -> Figure:
    sums = [overlap(row.example.expected, row.prediction.output) for row in rows]
    if not any(both for _, both in sums):
        return Missing("no item has a label and none was answered, so there is nothing to share")
    ratio = fieller([hit for hit, _ in sums], [both for _, both in sums], level=LEVEL, clusters=groups_of(rows))
    return _share(ratio, len(rows), source)


def _share(interval: Interval, n: int, source: str) -> Estimate:
    """The interval within [0, 1]: a mean of shares cannot lie outside, its normal approximation can."""
    low, high = (None if end is None else min(1.0, max(0.0, end)) for end in (interval.low, interval.high))
    return sampled(Interval(interval.mid, low, high, interval.note), "share", n, Provenance.MEASURED, source)
