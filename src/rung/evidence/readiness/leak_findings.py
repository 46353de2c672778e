"""From copies and leaks between the parts to a verdict, a sentence and something to do."""

from __future__ import annotations

from rung.estimate import Missing
from rung.evidence.readiness.crossing import Crossing, CrossingVerdict, PartCrossing
from rung.evidence.readiness.finding import Finding, Severity
from rung.evidence.readiness.leaks import HARMLESS, GroupLeak, Leaks, LeakVerdict

MANY_COPIES = 0.05
"""A share of held-out items that stand in train from which on a score says more about memory than it may."""
_BY_LEAK: dict[LeakVerdict, Severity] = {"leaks": "warns", "does_not": "fine", "cannot_be_told": "unknown"}
_BY_VERDICT: dict[CrossingVerdict, Severity] = {"none": "fine", "some": "warns", "copy": "blocks", "unknown": "unknown"}


def crossing_findings(found: Crossing) -> list[Finding]:
    """One for each held-out part."""
    return [_part(one, found.proposal) for one in found.parts]


def _part(one: PartCrossing, proposal: str) -> Finding:
    severity = _BY_VERDICT[one.verdict]
    share = one.any_share
    if severity == "warns" and not isinstance(share, Missing) and share.value >= MANY_COPIES:
        severity = "blocks"
    ids = tuple(item for twin in one.twins for item in (twin.held_out_id, twin.train_id))
    told = proposal if severity in ("blocks", "warns") else share.remedy if isinstance(share, Missing) else ""
    return Finding(f"copies of train in {one.part}", severity, share, one.sentence, told, tuple(dict.fromkeys(ids)))


def repeated_share(found: Crossing) -> float | None:
    """The share of the held-out originals that stand in train, in [0, 1]; None without any."""
    items = sum(one.items for one in found.parts)
    return sum(len(one.twins) for one in found.parts) / items if items else None


def leak_findings(found: Leaks) -> list[Finding]:
    """One for each way of grouping the items of which some stand on both sides."""
    return [_leak(one) for one in found.groupings if one.on_both_sides]


def _leak(one: GroupLeak) -> Finding:
    share = "" if isinstance(one.crossing_share, Missing) else f", {one.crossing_share.value:.0%} of the held-out items"
    told = f"{one.name}: {one.on_both_sides:,} of {one.values:,} values stand on both sides{share}; {one.because}."
    severity = _BY_LEAK[one.verdict]
    if one.verdict == "leaks" and not isinstance(one.size, Missing) and one.size.value >= HARMLESS:
        severity = "blocks"
    return Finding(f"leak through {one.name}", severity, one.size, told, one.proposal if severity != "fine" else "")
