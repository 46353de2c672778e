"""D7, error classes: what the failures have in common, each class with its size, value, examples and remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rung.diagnose.classes.clusters import Embed
from rung.diagnose.classes.failed_item import Failed, failed_item
from rung.diagnose.classes.found import ClassKind, Found, clusters, confusions, forms, slices
from rung.diagnose.classes.judged import Judged, judged
from rung.diagnose.remedies import RemedyName
from rung.estimate import Estimate, Figure, Provenance
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import sampled
from rung.task.task import Flow, Kind

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class FailureClass:
    """Failures that have something in common.

    `kind`: form (one way of breaking the output contract), confusion (a label taken for another, either way), slice (an
    attribute whose items fail more often than the others, shown with all attributes tested together), cluster (failed
    inputs that are alike), unclustered (those that are like nothing else). A failure is in at most one form, cluster or
    unclustered class; confusions and slices may overlap them and each other. `share` is of all failures. `failures` of
    `items` items failed: the items that have the attribute, for a slice; the failures themselves for the other kinds.
    `value_usd_per_month` is what the failures lose, Missing where a flow does not say it. `examples` are a few,
    `item_ids` all. `more_often` is the failure rate of a slice less that of all other items; None for the other kinds.
    """

    kind: ClassKind
    name: str
    failures: int
    items: int
    share: Figure
    value_usd_per_month: Figure
    remedy: RemedyName
    because: str
    item_ids: tuple[str, ...]
    examples: tuple[Failed, ...] = ()
    more_often: Figure | None = None


def failure_classes(
    run: Run,
    *,
    flows: Sequence[Flow],
    kind: Kind,
    multi_label: bool,
    source: str,
    embed: Embed | None = None,
    seed: int = 0,
    doubted: Collection[str] = (),
) -> tuple[FailureClass, ...]:
    """The classes of all failures of the run, () without any: by what they lose where that is known of every class,
    else by size; forms first where equal, and what is in no cluster last.

    `embed` gives a row per text (label_pairs.py, weak_slices.py and clusters.py say how each kind is found). Of each
    kind the largest are told, and the last one told says how many there were besides. `doubted` are the ids of items
    whose label something else has found to be in doubt: a class of which they are half is to be relabelled.
    """
    table = judged(run.rows, flows, source=source)
    if not table.failed.any():
        return ()
    found = [*forms(table)]
    if kind == "classify" and not multi_label:
        found += confusions(table)
    found += slices(table, kind, multi_label)
    in_form = {number for one in found if one.kind == "form" for number in one.failures}
    others = [int(number) for number in np.flatnonzero(table.failed) if int(number) not in in_form]
    found += clusters(table, others, embed, seed)
    doubtful = frozenset(doubted)
    classes = [_told(one, table, doubtful) for one in _with_own_names(found)]
    return tuple(sorted(classes, key=_order(classes)))


def _told(one: Found, table: Judged, doubted: frozenset[str]) -> FailureClass:
    hits = table.mask(one.failures)
    in_doubt = sum(table.rows[number].example.id in doubted for number in one.failures)
    relabel = one.kind != "form" and 2 * in_doubt >= len(one.failures)
    return FailureClass(
        kind=one.kind,
        name=one.name,
        failures=len(one.failures),
        items=one.items,
        share=table.share(hits, one.name),
        value_usd_per_month=table.lost(hits),
        remedy="relabel" if relabel else one.remedy,
        because=f"{one.because}; the label of {in_doubt} of them is in doubt" if relabel else one.because,
        item_ids=tuple(table.rows[number].example.id for number in one.failures),
        examples=_examples([table.rows[number] for number in one.examples or one.failures]),
        more_often=None
        if one.more is None
        else sampled(one.more, "share", len(table.rows), Provenance.MEASURED, f"{table.source}: {one.name}"),
    )


def _examples(failed: Sequence[Row]) -> tuple[Failed, ...]:
    """The first few of different texts, of different groups where there are enough."""
    texts = list({row.example.input: row for row in reversed(failed)}.values())[::-1]
    of_groups = list({row.example.group: row for row in reversed(texts)}.values())[::-1]
    chosen = of_groups if len(of_groups) >= MOST_EXAMPLES else texts
    return tuple(failed_item(row) for row in chosen[:MOST_EXAMPLES])


def _with_own_names(found: Sequence[Found]) -> list[Found]:
    """No two classes of one name: a later one has its number behind it."""
    seen: Counter[str] = Counter()
    named = []
    for one in found:
        seen[one.name] += 1
        named.append(one if seen[one.name] == 1 else replace(one, name=f"{one.name} ({seen[one.name]})"))
    return named


def _order(classes: Sequence[FailureClass]) -> Callable[[FailureClass], tuple[bool, float, bool, int, str]]:
    valued = all(isinstance(one.value_usd_per_month, Estimate) for one in classes)

    def place(one: FailureClass) -> tuple[bool, float, bool, int, str]:
        value = one.value_usd_per_month
        size = value.value if valued and isinstance(value, Estimate) else float(one.failures)
        return one.kind == "unclustered", -size, one.kind != "form", -one.failures, one.name

    return place
