"""Does what was retrieved hold the right answer?"""

from __future__ import annotations

from collections.abc import Sequence

from rung.diagnose.owner import found_right_passage, labels_by_entry, retrieves
from rung.diagnose.shares import share_of
from rung.estimate import Figure, Missing
from rung.evaluate.run import Run
from rung.evidence.changes.right_labels import right_labels
from rung.task.example import CorpusEntry
from rung.task.task import Kind


def retrieval_recall(run: Run, corpus: Sequence[CorpusEntry], *, kind: Kind, source: str) -> Figure:
    """The share of items with an entry among those retrieved that the item names as holding the answer.

    Where no item names any, kind classify: an entry that bears the right label, or one of the right labels; items that
    have none are left out. Missing for a strategy that retrieves nothing.
    """
    if not retrieves(run.rows):
        return Missing(f"{run.strategy} retrieves nothing")
    what = f"{source}: recall@{max(len(row.prediction.retrieved) for row in run.rows)}"
    named = [row for row in run.rows if row.example.passages]
    if named:
        return share_of(named, [found_right_passage(row) for row in named], source=what)
    of_entry = labels_by_entry(corpus) if kind == "classify" else {}
    wanted = [(row, set(right_labels(row.example.expected, ()))) for row in run.rows]
    labelled = [(row, labels) for row, labels in wanted if labels]
    if not of_entry or not labelled:
        return Missing(
            "neither the items nor the corpus say which entry is the right one",
            "add `passages` to the items or `label` to the corpus entries",
        )
    hits = [any(of_entry.get(entry) in labels for entry in row.prediction.retrieved) for row, labels in labelled]
    return share_of([row for row, _ in labelled], hits, source=what)
