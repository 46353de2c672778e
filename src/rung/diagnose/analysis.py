"""Failure analysis from the rows of a run alone: why a strategy fails on dev, before anyone updates a weight.

Quick enough for every strategy of a ladder; `full_analysis.py` asks the questions that need more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rung.diagnose.aids import NO_AIDS, Aids
from rung.diagnose.arms import ORACLE_CONTEXT
from rung.diagnose.causes import ranked_causes
from rung.diagnose.concentration import concentration
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.gap import gap_to
from rung.diagnose.owner import OWNERS, Owner, owners
from rung.diagnose.recall import retrieval_recall
from rung.diagnose.sentences import sentences
from rung.diagnose.shares import share_of
from rung.diagnose.slices import confusions, error_classes, slices
from rung.errors import InvalidData
from rung.estimate import Figure
from rung.evaluate.run import Run
from rung.task.example import CorpusEntry, Example
from rung.task.task import Flow, Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """The run and the task that it belongs to. `labels` is the task's closed set, empty for kinds without one; `train`
    is read only for texts that stand there with another label."""

    run: Run
    corpus: Sequence[CorpusEntry]
    labels: Sequence[str]
    flows: Sequence[Flow]
    train: Sequence[Example]
    kind: Kind = "classify"
    multi_label: bool = False

    @property
    def source(self) -> str:
        """Leads back to the rows."""
        return f"run {self.run.id[:12]}, {self.run.split}"

    @property
    def one_label(self) -> bool:
        """Whether each item has one label out of a closed set."""
        return self.kind == "classify" and not self.multi_label


def diagnose(
    run: Run,
    *,
    corpus: Sequence[CorpusEntry],
    labels: Sequence[str],
    flows: Sequence[Flow],
    train: Sequence[Example],
    kind: Kind = "classify",
    multi_label: bool = False,
    aids: Aids = NO_AIDS,
) -> Diagnosis:
    """What failed in a run on dev, who owns it, and where it is concentrated, from the rows alone.

    Of the aids only the target and the label noise are used.
    InvalidData without rows. ValueError for a run on the sealed split: looking at its failures would spend it.
    """
    subject = Subject(run, corpus, labels, flows, train, kind, multi_label)
    return with_words(from_rows(subject, aids), subject, aids)


def from_rows(subject: Subject, aids: Aids) -> Diagnosis:
    """What the rows alone show, without causes and sentences. Raises as `diagnose`."""
    run, source = subject.run, subject.source
    if run.split != "dev":
        raise ValueError(f"failures are analysed on dev only, never on the {run.split} split")
    if not run.rows:
        raise InvalidData(f"{run.strategy}: the run has no items to diagnose; evaluate it on dev first")
    failures = sum(not row.success for row in run.rows)
    return Diagnosis(
        strategy=run.strategy,
        items=len(run.rows),
        failures=failures,
        slices=slices(run.rows, source=source, kind=subject.kind, multi_label=subject.multi_label),
        confusions=confusions(run.rows) if subject.one_label else (),
        owed={},
        retrieval_recall=retrieval_recall(run, subject.corpus, kind=subject.kind, source=source),
        concentrated=concentration(run.rows, subject.flows, seed=run.id, source=source, by_label=subject.one_label),
        sentences=(),
        error_classes=error_classes(run.rows, source=source),
        kind=subject.kind,
        gap=gap_to(aids.target, run.rows, source=source),
    )


def with_words(found: Diagnosis, subject: Subject, aids: Aids) -> Diagnosis:
    """Owners, causes and sentences: what the answers add up to."""
    run = subject.run
    shown = _with_right_passages(aids)
    rows = [row for row in run.rows if not shown or row.example.id in shown]
    owner_of_row = owners(
        rows,
        corpus=subject.corpus,
        labels=subject.labels,
        train=subject.train,
        kind=subject.kind,
        multi_label=subject.multi_label,
        with_right_passages=shown,
    )
    failed = [(row, owner) for row, owner in zip(rows, owner_of_row, strict=True) if owner is not None]
    owed: dict[Owner, Figure] = {}
    if failed:
        for candidate in OWNERS:
            hits = [owner == candidate for _, owner in failed]
            name = f"{subject.source}: failures owned by {candidate}"
            owed[candidate] = share_of([row for row, _ in failed], hits, source=name)
    causes = ranked_causes(
        rows,
        owner_of_row,
        kind=subject.kind,
        noise=aids.noise,
        wordings=found.wordings,
        capacity=found.capacity,
        asked_again=bool(shown),
        source=subject.source,
    )
    found = replace(found, owed=owed, causes=causes)
    rate = share_of(run.rows, [not row.success for row in run.rows], source=subject.source)
    return replace(found, sentences=sentences(found, rate, failed))


def _with_right_passages(aids: Aids) -> Mapping[str, bool]:
    """By item id, whether the answer was right with the passages that hold it; empty where nobody asked."""
    oracle = aids.arms.runs.get(ORACLE_CONTEXT)
    return {} if oracle is None else {row.example.id: row.success for row in oracle.rows}
