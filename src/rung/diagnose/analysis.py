"""First failure analysis: why a strategy fails on dev, before anyone updates a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rung.diagnose.concentration import concentration
from rung.diagnose.diagnosis import Diagnosis, Owner
from rung.diagnose.owner import OWNERS, found_right_entry, found_right_passage, labels_by_entry, owners, retrieves
from rung.diagnose.sentences import sentences
from rung.diagnose.shares import share_of
from rung.diagnose.slices import confusions, error_classes, slices
from rung.errors import InvalidData
from rung.estimate import Estimate, Figure, Missing
from rung.evaluate.run import Run
from rung.task.example import CorpusEntry, Example
from rung.task.task import Flow, Kind


def diagnose(
    run: Run,
    *,
    corpus: Sequence[CorpusEntry],
    labels: Sequence[str],
    flows: Sequence[Flow],
    train: Sequence[Example],
    kind: Kind = "classify",
    multi_label: bool = False,
) -> Diagnosis:
    """What failed in a run on dev, who owns it, and where it is concentrated.

    `labels` is the task's closed set, empty for kinds without one; `train` is read only for texts that stand there
    with another label.
    InvalidData without rows. ValueError for a run on the sealed split: looking at its failures would spend it.
    """
    if run.split != "dev":
        raise ValueError(f"failures are analysed on dev only, never on the {run.split} split")
    if not run.rows:
        raise InvalidData(f"{run.strategy}: the run has no items to diagnose; evaluate it on dev first")
    source = f"run {run.id[:12]}, {run.split}"
    owner_of_row = owners(run.rows, corpus=corpus, labels=labels, train=train, kind=kind, multi_label=multi_label)
    failed = [(row, owner) for row, owner in zip(run.rows, owner_of_row, strict=True) if owner is not None]
    failed_rows = [row for row, _ in failed]
    owed: dict[Owner, Figure] = {}
    if failed:
        for candidate in OWNERS:
            hits = [owner == candidate for _, owner in failed]
            owed[candidate] = share_of(failed_rows, hits, source=f"{source}: failures owned by {candidate}")
    one_label = kind == "classify" and not multi_label
    without_words = Diagnosis(
        strategy=run.strategy,
        items=len(run.rows),
        failures=len(failed),
        slices=slices(run.rows, source=source, kind=kind, multi_label=multi_label),
        confusions=confusions(run.rows) if one_label else (),
        owed=owed,
        retrieval_recall=_recall(run, corpus, source),
        concentrated=concentration(run.rows, flows, seed=run.id, source=source, by_label=one_label),
        sentences=(),
        error_classes=error_classes(run.rows, source=source),
        kind=kind,
    )
    rate = share_of(run.rows, [not row.success for row in run.rows], source=source)
    return replace(without_words, sentences=sentences(without_words, rate, failed))


def _recall(run: Run, corpus: Sequence[CorpusEntry], source: str) -> Figure:
    """The share of items with an entry for the right label, or one that holds the answer, among those retrieved."""
    if not retrieves(run.rows):
        return Missing(f"{run.strategy} retrieves nothing")
    named = [row for row in run.rows if row.example.passages]
    if named:
        most = max(len(row.prediction.retrieved) for row in named)
        return share_of(named, [found_right_passage(row) for row in named], source=f"{source}: recall@{most}")
    entry_labels = labels_by_entry(corpus)
    if not entry_labels:
        return Missing(
            "neither the items nor the corpus say which entry is the right one",
            "add `passages` to the items or `label` to the corpus entries",
        )
    found: Estimate = share_of(
        run.rows,
        [found_right_entry(row, entry_labels) for row in run.rows],
        source=f"{source}: recall@{max(len(row.prediction.retrieved) for row in run.rows)}",
    )
    return found
