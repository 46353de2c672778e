"""Are the data fit to decide on? Everything that is looked at, the worst first.

What is known before the sealed split is opened must not depend on its labels. So labels are read of the originals of
train and dev only; of sealed items texts and groups alone are compared, to find copies on both sides, and the items
counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rung.errors import MissingExtra
from rung.evidence.prepare import Evidence
from rung.evidence.readiness.agreement import Agreement, agreement
from rung.evidence.readiness.balance import Balance, balance
from rung.evidence.readiness.conflicts import Conflicts, conflicts
from rung.evidence.readiness.crossing import Crossing, crossing
from rung.evidence.readiness.finding import Finding, worst_first
from rung.evidence.readiness.findings import (
    agreement_findings,
    balance_findings,
    conflict_findings,
    noise_finding,
    sizing_findings,
)
from rung.evidence.readiness.leak_findings import crossing_findings, leak_findings
from rung.evidence.readiness.leaks import Leaks, group_leaks
from rung.evidence.readiness.noise import LabelNoise, label_noise, nothing_known
from rung.evidence.readiness.sizing import Sizing, sizing
from rung.evidence.strata import strata_for
from rung.task.example import Example
from rung.task.task import Task

Tell = Callable[[str], None]
"""Hears what is being looked at, in a few words."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """`findings` worst first; `summary` are three sentences: what there is, the worst problem, what to do first.

    `items` and `groups` by part. The rest are the values that the findings were read from.
    """

    summary: tuple[str, str, str]
    findings: tuple[Finding, ...]
    items: dict[str, int]
    groups: dict[str, int]
    noise: LabelNoise
    conflicts: Conflicts
    agreement: Agreement
    balance: Balance
    sizing: tuple[Sizing, ...]
    crossing: Crossing
    leaks: Leaks
    notes: tuple[str, ...] = ()


def check(evidence: Evidence, task: Task, *, tell: Tell = lambda _: None) -> Readiness:
    """Look at everything; nothing is dropped or changed. Without scikit-learn the label noise is Missing."""
    strata = strata_for(task)
    parts = {
        "train": [one for one in evidence.split.train if one.derived_from is None],
        "dev": [one for one in evidence.split.dev if one.derived_from is None],
    }
    originals = [*parts["train"], *parts["dev"]]
    tell("copies between the parts")
    crossed = crossing(evidence.split)
    tell("leaks through groups")
    one_label = task.kind == "classify" and not task.multi_label
    leaked = group_leaks(evidence.split, one_label=one_label, seed=task.seed)
    tell("conflicting labels")
    conflicting = conflicts(evidence.profile, originals, strata)
    tell("balance and number of items")
    balanced = balance(parts, evidence.labels, strata)
    sized = sizing(evidence.split, task.targets)
    tell("agreement of annotators")
    agreed = agreement(originals, evidence.annotations, evidence.labels, seed=task.seed)
    tell("label noise")
    noise = noise_of(originals, task)
    findings = worst_first(
        [
            *crossing_findings(crossed),
            *leak_findings(leaked),
            noise_finding(noise, task.targets),
            *conflict_findings(conflicting, len(originals)),
            *agreement_findings(agreed),
            *balance_findings(balanced),
            *sizing_findings(sized),
        ]
    )
    return Readiness(
        summary=_summary(findings, evidence),
        findings=findings,
        items=evidence.profile.items,
        groups=evidence.profile.groups,
        noise=noise,
        conflicts=conflicting,
        agreement=agreed,
        balance=balanced,
        sizing=sized,
        crossing=crossed,
        leaks=leaked,
        notes=evidence.profile.notes,
    )


def originals_of(evidence: Evidence) -> list[Example]:
    """The items whose labels may be looked at: those of train and dev that were not derived."""
    return [one for one in (*evidence.split.train, *evidence.split.dev) if one.derived_from is None]


def noise_of(originals: list[Example], task: Task) -> LabelNoise:
    """The label noise, Missing for kinds of task without one label an item, and without scikit-learn."""
    if task.kind != "classify" or task.multi_label:
        what = "several labels an item" if task.kind == "classify" else f"kind {task.kind}"
        return nothing_known(
            f"it can be estimated for one label an item, and not for {what}",
            "have two people label the same 100 items and add what they say as annotations",
        )
    try:
        return label_noise(originals, seed=task.seed)
    except MissingExtra as error:
        return nothing_known("scikit-learn, of the extra 'local', is not installed", str(error).partition("; ")[2])


def _summary(findings: tuple[Finding, ...], evidence: Evidence) -> tuple[str, str, str]:
    items, groups = evidence.profile.items, evidence.profile.groups
    labels = f", {len(evidence.labels):,} labels" if evidence.labels else ""
    there = (
        f"{sum(items.values()):,} items in {sum(groups.values()):,} groups{labels}: {items['train']:,} to learn from, "
        f"{items['dev']:,} to choose by, {items['sealed']:,} sealed."
    )
    blocking = [one for one in findings if one.severity == "blocks"]
    warning = [one for one in findings if one.severity == "warns"]
    worst = next(iter((*blocking, *warning)), None)
    if worst is None:
        unknown = sum(one.severity == "unknown" for one in findings)
        return (
            there,
            "Nothing that was looked at stands in the way of a decision.",
            (
                f"{unknown} of {len(findings)} things could not be looked at; see below."
                if unknown
                else "Nothing to do."
            ),
        )
    count = len(blocking or warning)
    number = "one thing" if count == 1 else f"{count} things"
    first = f": {worst.name}." if count == 1 else f", above all {worst.name}."
    verdict = (
        f"{number.capitalize()} would mislead a decision{first}"
        if blocking
        else f"Nothing forbids a decision; {number} would make it better{first}"
    )
    return there, verdict, f"First: {worst.proposal}" if worst.proposal else worst.sentence
