"""D9, robustness and scope: what changes of an input that keep its meaning do to the answer, and what is answered to
requests that belong nowhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.arms import CHANGE, OUT_OF_SCOPE, Arms
from rung.diagnose.shares import share_of
from rung.estimate import LEVEL, Figure, Missing, Provenance
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import groups_of, sampled
from rung.evidence.changes.out_of_scope import OUT_OF_SCOPE as OUTSIDE
from rung.stats import Interval, cluster_standard_error, clustered_wilson, paired_difference, quantile_interval
from rung.stats.critical import normal_critical
from rung.stats.effective import effective_clusters
from rung.stats.proportion import wilson_ends
from rung.task.protocols import Prediction
from rung.task.task import Kind

LET_THROUGH = 0.95
"""Of the requests inside, for `recall_at_95`."""
FEWEST_INSIDE = 20
"""Below this 95 % of them is all of them."""
NO_CONFIDENCE = "the strategy gives no confidence with its answers"

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the inputs (typo, plain, paraphrase, negation, injection) over the originals that it could be made
    of. `difference` is success on the changed less success on the originals; `flipped` the share of pairs whose answer
    is another; `broken_ids` the originals that were right and whose variant is wrong."""

    name: str
    pairs: int
    original: Figure
    changed: Figure
    difference: Figure
    flipped: Figure
    broken_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Robustness:
    """`changes` by name. `out_of_scope_recall` is the share of requests outside the task that were refused (an answer
    of none, a failure, or the task's own label for them); `auroc` how well confidence tells requests inside from
    outside, and `recall_at_95` the share of those outside that are caught where 95 % of those inside are let through;
    Missing where a strategy gives no confidence."""

    changes: tuple[Change, ...]
    out_of_scope_recall: Figure
    out_of_scope_auroc: Figure
    recall_at_95: Figure
    out_of_scope_items: int = 0


def robustness(run: Run, arms: Arms, *, kind: Kind, out_of_scope_label: str | None, source: str) -> Robustness | None:
    """What every change did, and what was answered outside the task; None where neither was asked.

    The run's own derived variants count among the changes, by their derivation, and its requests from outside among
    those of the arm. An item that is rightly refused is not one from inside.
    """
    changes = _changes(run, arms, source)
    outside = _outside(run, arms)
    if not changes and not outside:
        return None
    if not outside:
        absent = Missing(arms.because(OUT_OF_SCOPE))
        return Robustness(changes, absent, absent, absent)
    inside = [
        row
        for row in run.rows
        if row.example.derived_from is None
        and not refused(Prediction(row.example.expected), kind=kind, out_of_scope_label=out_of_scope_label)
    ]
    recall = share_of(
        outside,
        [refused(row.prediction, kind=kind, out_of_scope_label=out_of_scope_label) for row in outside],
        source=f"{source}: refused of {len(outside)} requests outside the task",
    )
    auroc, at_95 = _by_confidence(inside, outside, kind, out_of_scope_label, source)
    return Robustness(changes, recall, auroc, at_95, len(outside))


def refused(prediction: Prediction, *, kind: Kind, out_of_scope_label: str | None) -> bool:
    """Whether nothing was done with the request: no answer, an empty set or record, or the label for such requests."""
    output = prediction.output.strip()
    if prediction.failure is not None or prediction.abstained or not output:
        return True
    if out_of_scope_label is not None and output == out_of_scope_label:
        return True
    if kind not in {"classify", "extract"} or output[0] not in "[{":
        return False
    try:
        found = json.loads(output)
    except (ValueError, RecursionError):
        return False
    if isinstance(found, dict):
        return all(value in (None, "", [], {}) for value in found.values())
    return isinstance(found, list) and set(map(str, found)) <= {out_of_scope_label}


def _outside(run: Run, arms: Arms) -> list[Row]:
    rows = [row for row in run.rows if row.example.derivation == OUTSIDE]
    asked = {row.example.input for row in rows}
    arm = arms.runs[OUT_OF_SCOPE].rows if OUT_OF_SCOPE in arms.runs else ()
    return [*rows, *(row for row in arm if row.example.input not in asked)]


def _changes(run: Run, arms: Arms, source: str) -> tuple[Change, ...]:
    """Every change with at least one pair, by name."""
    originals = {row.example.id: row for row in run.rows if row.example.derived_from is None}
    asked = arms.named(CHANGE)
    own = {row.example.derivation for row in run.rows if row.example.derived_from in originals}
    found = []
    for name in sorted({*asked, *(derivation for derivation in own if derivation)}):
        variants: dict[str, Row] = {}
        rows = (
            *(row for row in run.rows if row.example.derivation == name),
            *(asked[name].rows if name in asked else ()),
        )
        for row in rows:
            if row.example.derived_from in originals:
                variants.setdefault(row.example.derived_from, row)
        if variants:
            pairs = [(originals[original], variants[original]) for original in originals if original in variants]
            found.append(_change(name, pairs, source))
    return tuple(found)


def _change(name: str, pairs: Sequence[tuple[Row, Row]], source: str) -> Change:
    before, after = [one for one, _ in pairs], [other for _, other in pairs]
    right, still = [row.success for row in before], [row.success for row in after]
    where = f"{source}: {name}"
    difference = paired_difference(
        np.array(still, dtype=np.float64), np.array(right, dtype=np.float64), groups_of(before), level=LEVEL
    )
    return Change(
        name=name,
        pairs=len(pairs),
        original=share_of(before, right, source=f"{where}, originals"),
        changed=share_of(before, still, source=f"{where}, changed"),
        difference=sampled(difference, "share", len(pairs), Provenance.MEASURED, f"{where}, changed minus originals"),
        flipped=share_of(
            before, [_answer(one) != _answer(other) for one, other in pairs], source=f"{where}, another answer"
        ),
        broken_ids=tuple(one.example.id for one, other in pairs if one.success and not other.success),
    )


def _answer(row: Row) -> tuple[str, bool]:
    return row.prediction.output.strip(), row.prediction.abstained


def _by_confidence(
    inside: Sequence[Row], outside: Sequence[Row], kind: Kind, label: str | None, source: str
) -> tuple[Figure, Figure]:
    """(AUROC, recall where 95 % of those inside are let through). A refusal counts as less than any confidence."""

    def scores_of(rows: Sequence[Row]) -> Scores | None:
        found = [
            -1.0 if refused(row.prediction, kind=kind, out_of_scope_label=label) else row.prediction.confidence
            for row in rows
        ]
        known = [score for score in found if score is not None]
        return np.array(known) if len(known) == len(found) else None

    within, without = scores_of(inside), scores_of(outside)
    if not inside:
        absent = Missing("no item of the run lies inside the task")
        return absent, absent
    if within is None or without is None or not any(row.prediction.confidence is not None for row in inside):
        return Missing(NO_CONFIDENCE), Missing(NO_CONFIDENCE)
    n = len(inside) + len(outside)
    where = f"{source}: {len(inside)} requests inside the task, {len(outside)} outside"
    area = sampled(
        auroc(within, without, groups_of(inside), groups_of(outside)),
        "share",
        n,
        Provenance.MEASURED,
        f"{where}, AUROC",
    )
    if len(inside) < FEWEST_INSIDE:
        return area, Missing(f"it needs at least {FEWEST_INSIDE} requests inside the task, and there are {len(inside)}")
    caught = recall_at(within, without, groups_of(inside), groups_of(outside))
    return area, sampled(
        caught, "share", len(outside), Provenance.MEASURED, f"{where}, 95 % of those inside let through"
    )


def auroc(inside: Scores, outside: Scores, inside_groups: Sequence[str], outside_groups: Sequence[str]) -> Interval:
    """The chance that a request inside scores higher than one outside, ties counting half (Mann and Whitney 1947).

    Its variance is the sum of those of both sides' mean placements (DeLong et al. 1988), clustered by groups
    (Obuchowski 1997); the interval is Wilson's on the number of items that a share with this variance would have, and
    where one side lies wholly above the other on the number that is left of the smaller side when items of a group
    always agree.
    """
    ordered_out, ordered_in = np.sort(outside), np.sort(inside)
    above = (np.searchsorted(ordered_out, inside, "left") + np.searchsorted(ordered_out, inside, "right")) / 2
    below = (np.searchsorted(ordered_in, outside, "left") + np.searchsorted(ordered_in, outside, "right")) / 2
    of_inside, of_outside = above / outside.size, 1 - below / inside.size
    area = float(of_inside.mean())
    errors = [cluster_standard_error(of_inside, inside_groups), cluster_standard_error(of_outside, outside_groups)]
    if errors[0] is None or errors[1] is None:
        return Interval(area, None, None, "one side is a single group: its spread is unknown")
    variance = errors[0] ** 2 + errors[1] ** 2
    fewest = min(effective_clusters(inside_groups), effective_clusters(outside_groups))
    items = max(fewest, area * (1 - area) / variance) if variance > 0 else fewest
    low, high = wilson_ends(min(1.0, max(0.0, area)), items, normal_critical(LEVEL))
    return Interval(area, low, high, "DeLong's variance in Wilson's interval")


def recall_at(inside: Scores, outside: Scores, inside_groups: Sequence[str], outside_groups: Sequence[str]) -> Interval:
    """The share of those outside below the score that 95 % of those inside reach.

    That score is itself an estimate: the ends are those of Wilson's interval at the ends of its own interval, so they
    hold together with at least 90 % and mostly more. `inside` has at least 20 scores.
    """
    ordered = np.sort(inside)[::-1]
    threshold = float(ordered[int(np.ceil(LET_THROUGH * ordered.size)) - 1])
    cut = quantile_interval(inside, 1 - LET_THROUGH, level=LEVEL, clusters=list(inside_groups))

    def caught(score: float) -> Interval:
        return clustered_wilson((outside < score).astype(np.float64), list(outside_groups), level=LEVEL)

    share = caught(threshold)
    lower = share if cut.low is None else caught(min(threshold, cut.low))
    upper = share if cut.high is None else caught(max(threshold, cut.high))
    low = None if cut.low is None else lower.low
    note = share.note if cut.low is not None else f"no lower end: {cut.note}"
    return Interval(share.mid, low, upper.high, note)
