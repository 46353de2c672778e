"""From what was measured to a verdict, a sentence and something to do.

The thresholds are conventions of this project; docs/concepts/readiness.md lists them.
"""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import Figure, Missing, Provenance, exact
from rung.evidence.readiness.agreement import RELIABLE, TENTATIVE, Agreement, Verdict
from rung.evidence.readiness.balance import Balance
from rung.evidence.readiness.conflicts import Conflicts
from rung.evidence.readiness.finding import Finding, Severity
from rung.evidence.readiness.noise import LabelNoise
from rung.evidence.readiness.sizing import MARGIN, Sizing
from rung.task.task import Target

MUCH = 0.10
"""A share of contradicting labels from which on no figure on these data can be trusted."""
NOTICEABLE = 0.05
"""A share of wrong labels that is worth a person's time, where no target says how many are too many."""
FEW = 5
"""Items of a label below which nothing reliable can be learned or said about it."""
LEAST_EVEN = 0.7
_SHOWN = 4
_LONGEST = 40
_BY_VERDICT: dict[Verdict, Severity] = {
    "reliable": "fine",
    "tentative": "warns",
    "unreliable": "blocks",
    "unknown": "unknown",
}


def noise_finding(noise: LabelNoise, targets: Sequence[Target]) -> Finding:
    """Blocks where even the lower end is more than a target leaves room for: a wrong label fails a right answer."""
    rate = noise.rate
    if isinstance(rate, Missing):
        return Finding(
            "label noise", "unknown", rate, f"Label noise is unknown: {rate.because}.", _sentence(rate.remedy)
        )
    asked = [one.minimum for one in targets if one.metric == "task_success" and one.minimum and one.segment is None]
    room = 1.0 - max(asked) if asked else None
    low, high = rate.low or 0.0, 1.0 if rate.high is None else rate.high
    severity: Severity = "warns" if rate.value >= NOTICEABLE or low >= NOTICEABLE / 2 else "fine"
    told = (
        f"About {rate.value:.1%} of the labels look wrong; it may be from {low:.1%} to {high:.1%}. {noise.ambiguity}"
        if rate.value > 0.0
        else f"No label looks wrong with any certainty; at most {high:.1%} may be."
    )
    if isinstance(noise.told, Missing):
        severity = "unknown"
        told = (
            f"From none to {high:.0%} of the labels may be wrong: the items of different labels are too much alike, or "
            "too few, for a probe to tell."
        )
    if room is not None and low >= room:
        severity = "blocks"
        told += f" The target leaves room for {room:.1%}, so with these labels it could not be shown to be met."
    proposal = ""
    if noise.suspected:
        first = f", those between {_pair(noise)} first" if len(noise.pairs) > 1 else ""
        proposal = f"Have a person look at the {_count(noise.suspected, 'listed item')}{first}."
    return Finding("label noise", severity, rate, told.strip(), proposal, tuple(one.item_id for one in noise.suspects))


def _pair(noise: LabelNoise) -> str:
    return f"{_short(noise.pairs[0].first)} and {_short(noise.pairs[0].second)}"


def conflict_findings(found: Conflicts, items: int) -> list[Finding]:
    """One for texts with several labels, and one for labels in several spellings where there are any."""
    share = found.share
    if isinstance(share, Missing):
        findings = []
    elif not found.texts:
        findings = [Finding("conflicting labels", "fine", share, "No text stands with two different labels.")]
    else:
        ids = tuple(item for one in found.texts for item in one.item_ids)
        findings = [
            Finding(
                "conflicting labels",
                "blocks" if share.value >= MUCH else "warns",
                share,
                f"{_count(len(found.texts), 'text')} ({_count(len(ids), 'item')}, {share.value:.1%}) with different "
                f"labels, such as {_listed(found.texts[0].labels)}: no answer can be right for all of them.",
                "Settle the label of each text, or add to the input what tells the cases apart.",
                ids,
            )
        ]
    return findings + ([_spelling(found, items)] if found.spellings else [])


def _spelling(found: Conflicts, items: int) -> Finding:
    first = found.spellings[0]
    ids = tuple(item for one in found.spellings for item in one.item_ids)
    share = len(ids) / max(items, 1)
    return Finding(
        "labels in two spellings",
        "blocks" if share >= NOTICEABLE else "warns",
        exact(share, "share", Provenance.MEASURED, "labels of train and dev"),
        f"{_count(len(found.spellings), 'label')} ({_count(len(ids), 'item')}) may be another one written differently, "
        f"such as {_short(first.label)} for {_short(first.meant)}: {first.because}.",
        "Write them alike; where they differ in meaning, give them names that cannot be mixed up.",
        ids,
    )


def agreement_findings(found: Agreement) -> list[Finding]:
    """Agreement among annotators, then what their majority and their words say against the labels."""
    alpha = found.alpha
    if isinstance(alpha, Missing):
        told = f"How far people agree on the labels is unknown: {alpha.because}."
        return [Finding("agreement", "unknown", alpha, told, _sentence(alpha.remedy)), *_against(found)]
    bounds = f"{alpha.low:.2f} to {alpha.high:.2f}" if alpha.low is not None and alpha.high is not None else alpha.note
    told = (
        f"Krippendorff's alpha of {found.annotators} annotators on {_count(found.items, 'item')} is {alpha.value:.2f} "
        f"({bounds}): {found.verdict}, by the thresholds {RELIABLE:.3f} and {TENTATIVE:.3f}."
    )
    proposal = ""
    if found.disputes and found.verdict != "reliable":
        most = found.disputes[0]
        told += f" Most often {_short(most.first)} stands against {_short(most.second)}."
        proposal = (
            "Write down in the labelling guide what tells these labels apart, and label the disputed items again."
        )
    ids = tuple(dict.fromkeys(item for one in found.disputes for item in one.item_ids))
    return [Finding("agreement", _BY_VERDICT[found.verdict], alpha, told, proposal, ids), *_against(found)]


def _against(found: Agreement) -> list[Finding]:
    findings = []
    against = found.against_expected
    if not isinstance(against, Missing) and found.against_ids:
        findings.append(
            Finding(
                "majority against the label",
                "blocks" if (against.low or 0.0) >= MUCH else "warns",
                against,
                f"Most annotators contradict the label that counts as right for {len(found.against_ids):,} of "
                f"{against.n:,} items.",
                "Correct these labels, or note why the majority is wrong.",
                found.against_ids,
            )
        )
    if found.unknown_labels:
        findings.append(
            Finding(
                "annotations outside the labels",
                "warns",
                exact(len(found.unknown_labels), "labels", Provenance.MEASURED, "annotations of train and dev"),
                f"Annotators used {_count(len(found.unknown_labels), 'label')} that the task does not have: "
                f"{_listed(found.unknown_labels)}.",
                "Write them as the task does, or add them to its labels.",
            )
        )
    return findings


def balance_findings(found: Balance) -> list[Finding]:
    """Labels that train lacks or hardly has, then how uneven all are."""
    if not found.counts or isinstance(found.evenness, Missing):
        return []
    findings = []
    total = len(found.counts)
    rare = [name for name, count in found.counts.items() if count < FEW]
    absent = found.absent.get("train", ())
    if absent:
        findings.append(
            Finding(
                f"{found.noun}s absent from train",
                "warns",
                exact(len(absent), f"{found.noun}s", Provenance.MEASURED, "originals of train"),
                f"{len(absent):,} of {_count(total, found.noun)} have no item in train, so nothing can learn them: "
                f"{_listed(absent)}.",
                f"Add items of these {found.noun}s, or take them out of the task.",
            )
        )
    if rare:
        findings.append(
            Finding(
                f"rare {found.noun}s",
                "warns",
                exact(len(rare), f"{found.noun}s", Provenance.MEASURED, "originals of train and dev"),
                f"{len(rare):,} of {_count(total, found.noun)} have fewer than {FEW} items in train and dev: "
                f"{_listed(rare)}.",
                f"Add items of these {found.noun}s, or join those that are handled alike.",
            )
        )
    findings.sort(key=lambda one: 0.0 if isinstance(one.size, Missing) else -one.size.value)
    commonest, count = found.commonest or ("", 0)
    effective = 0.0 if isinstance(found.effective, Missing) else found.effective.value
    uneven = found.evenness.value < LEAST_EVEN
    findings.append(
        Finding(
            "balance",
            "warns" if uneven else "fine",
            found.evenness,
            f"The {total:,} {found.noun}s are as varied as {effective:,.1f} of equal size; {_short(commonest)} is the "
            f"most frequent with {count / max(sum(found.counts.values()), 1):.0%}.",
            "Judge by label and by segment too: success over all items is mostly success on the most frequent."
            if uneven
            else "",
        )
    )
    return findings


def sizing_findings(found: Sequence[Sizing]) -> list[Finding]:
    """One for each target; the size is the smallest difference in percentage points that both parts can decide."""
    if not found:
        missing = Missing("no target on task success is set", "set targets.task_success.min")
        told = "Whether there are enough items cannot be said: no target on task success is set."
        return [Finding("number of items", "unknown", missing, told, _sentence(missing.remedy))]
    return [
        _sizing([one for one in found if one.target == name]) for name in dict.fromkeys(one.target for one in found)
    ]


def _sizing(parts: Sequence[Sizing]) -> Finding:
    first = parts[0]
    points = [100 * one.smallest.value for one in parts if not isinstance(one.smallest, Missing)]
    told = f"{first.target} of {first.minimum:.0%}: {'; '.join(map(_decides, parts))}."
    size: Figure = next((one.smallest for one in parts if isinstance(one.smallest, Missing)), Missing("no items"))
    if len(points) == len(parts):
        size = exact(max(points), "points", Provenance.MODELLED, "items and groups of dev and sealed")
    if all(one.enough for one in parts):
        return Finding(f"number of items, {first.target}", "fine", size, told)
    needed = [one.needed for one in parts if one.needed is not None]
    about = f"about {max(needed):,}" if len(needed) == len(parts) else "more than 100,000"
    proposal = (
        f"A distance of {100 * MARGIN:.0f} points would take {about} items in each part, grouped as now. Add items of "
        "other groups, or accept that closer calls stay undecided."
    )
    return Finding(f"number of items, {first.target}", "warns", size, told, proposal)


def _decides(one: Sizing) -> str:
    if isinstance(one.smallest, Missing):
        return f"{one.part} has no item"
    worth = (
        "" if one.groups == one.items else f" in {_count(one.groups, 'group')}, worth at least {one.independent:.0f}"
    )
    return (
        f"{one.part} ({_count(one.items, 'item')}{worth}) decides once success is seen "
        f"{100 * one.smallest.value:.1f} points from it"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _short(name: str) -> str:
    return repr(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(_short, names[:_SHOWN]))
    return shown + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
