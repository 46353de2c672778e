"""Every question of the failure analysis that task, strategy and aids allow (docs/concepts/diagnosis.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rung.diagnose.abstention import abstention
from rung.diagnose.aids import NO_AIDS, Aids
from rung.diagnose.analysis import Subject, from_rows, with_words
from rung.diagnose.arms import LARGER_MODEL, ORACLE_CONTEXT, TRAIN_ITEMS
from rung.diagnose.capacity import capacity
from rung.diagnose.classes import failure_classes
from rung.diagnose.context import context
from rung.diagnose.contract import contract
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.groundedness import groundedness
from rung.diagnose.owner import in_conflict
from rung.diagnose.robustness import robustness
from rung.diagnose.stages import stages
from rung.diagnose.wordings import wordings
from rung.diagnose.worth import worth
from rung.evaluate.run import Run
from rung.task.example import CorpusEntry, Example
from rung.task.task import Flow, Kind


def diagnose_fully(
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
    """What `diagnose` finds, and the answer to every question that can be asked; `absent` says why the others cannot.

    Raises as `diagnose`.
    """
    subject = Subject(run, corpus, labels, flows, train, kind, multi_label)
    found = _with_answers(from_rows(subject, aids), subject, aids)
    found = replace(found, absent=_absent(found, subject, aids))
    return with_words(found, subject, aids)


def _with_answers(found: Diagnosis, subject: Subject, aids: Aids) -> Diagnosis:
    """D1 to D11, in their order."""
    run, source, kind = subject.run, subject.source, subject.kind
    form = None
    if aids.scorer is not None:
        form = contract(
            run, aids.scorer, labels=subject.labels, kind=kind, multi_label=subject.multi_label, source=source
        )
    return replace(
        found,
        contract=form,
        context=context(run, aids.arms, corpus=subject.corpus, kind=kind, source=source),
        stages=stages(run, aids.arms, form, noise=aids.noise, source=source),
        wordings=wordings(run, aids.arms, target=aids.target, source=source),
        capacity=capacity(run, aids.arms, source=source),
        classes=failure_classes(
            run,
            flows=subject.flows,
            kind=kind,
            multi_label=subject.multi_label,
            source=source,
            embed=aids.embed,
            seed=aids.seed,
            doubted=in_conflict(run.rows, subject.train, kind=kind),
        ),
        groundedness=groundedness(run, subject.corpus, kind=kind, source=source, entails=aids.entails),
        robustness=robustness(run, aids.arms, kind=kind, out_of_scope_label=aids.out_of_scope_label, source=source),
        abstention=abstention(run, aids.target, source=source, seed=run.id),
        worth=worth(run.rows, subject.flows, seed=run.id, source=source, by_label=subject.one_label),
    )


def _absent(found: Diagnosis, subject: Subject, aids: Aids) -> dict[str, str]:
    """Why each question that has no answer has none, by the name of the question."""
    arms = aids.arms
    absent = dict(arms.absent)
    if found.contract is None:
        absent["output contract"] = "the scorer of the task is not at hand"
    if found.context is None and ORACLE_CONTEXT not in absent:
        absent["retrieval"] = arms.because(ORACLE_CONTEXT)
    if found.wordings is None:
        absent.setdefault("wordings", arms.because("wordings"))
    if found.capacity is None:
        absent.setdefault(LARGER_MODEL, arms.because(LARGER_MODEL))
        absent.setdefault(TRAIN_ITEMS, arms.because(TRAIN_ITEMS))
    if found.groundedness is None:
        written = subject.kind in {"answer", "generate"}
        because = (
            "no answer was given over retrieved passages" if written else f"a task of kind {subject.kind} writes none"
        )
        absent["groundedness"] = because
    if found.abstention is None:
        absent["abstention"] = f"{found.strategy} gives no confidence with its answers"
    if found.robustness is None:
        absent.setdefault("robustness", arms.because("robustness"))
    if found.worth is None:
        absent["worth"] = "there is no failure to weigh"
    return absent
