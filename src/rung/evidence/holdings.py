"""What labelled items hold where no set of labels says it: fields, answers, passages, outputs that people judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rung.evidence.prepare import Evidence
from rung.evidence.strata import strata_for
from rung.task.task import Task


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts over the `items` originals of train and dev; what the sealed items hold stays unknown until their use.

    `strata` counts items by what stands for a label in this kind of task: a field of the record, frequent ones first,
    or "answerable" and "unanswerable". `with_passages` items name the corpus entries that hold their answer. `judged`
    outputs have the word of people, wherever they stand.
    """

    items: int
    strata: dict[str, int]
    with_passages: int
    judged: int


def holdings(evidence: Evidence, task: Task) -> Holdings:
    """The holdings of a project's items."""
    strata = strata_for(task)
    originals = [one for one in (*evidence.split.train, *evidence.split.dev) if one.derived_from is None]
    counts = Counter(name for one in originals for name in strata.of(one))
    return Holdings(
        items=len(originals),
        strata=dict(counts.most_common()),
        with_passages=sum(bool(one.passages) for one in originals),
        judged=len(evidence.human),
    )
