"""What another strategy did to the failures, in words."""

from __future__ import annotations

from rung.diagnose.proof import Proof
from rung.diagnose.two_by_two import TwoByTwo
from rung.report.diagnosis.question import Grid, Line, Told
from rung.report.figures import show

_KEPT = {True: "most of them are fixed", False: "most of them still fail", None: "whether it did is open"}
NAMED = 8
"""Classes named in a sentence at most."""


def proof_sentences(proof: Proof) -> tuple[str, ...]:
    """What was fixed and broken on balance; what it was chosen for; where new failures are."""
    told = [
        f"{proof.after} after {proof.before}: {proof.fixed:,} failures fixed, {proof.broke:,} new; task success "
        f"{show(proof.net, difference=True)}."
    ]
    if proof.chosen_for:
        told.append(f"It was chosen for {_named(proof.chosen_for)}: {_KEPT[proof.kept_promise]}.")
    if proof.broken_classes:
        told.append(f"The new failures are in {_named(proof.broken_classes)}.")
    return tuple(told)


def proof_grid(proof: Proof) -> Grid | None:
    """A row a class: how many of its failures are right now and how many still fail."""
    rows = tuple(
        (one.name, f"{one.failures:,}", f"{one.fixed:,}", f"{one.failures - one.fixed:,}", Told(one.fixed_share))
        for one in proof.classes
    )
    head = ("Class", "Failures", "Fixed", "Still fail", "Share fixed")
    return Grid(f"The classes of {proof.before} under {proof.after}", head, rows) if rows else None


def two_by_two_grid(found: TwoByTwo) -> Grid:
    """Task success with and without retrieval, with and without tuning."""
    rows = (
        ("Without tuning", Told(found.neither), Told(found.retrieval)),
        ("With tuning", Told(found.tuning), Told(found.both)),
    )
    return Grid("Task success on the same items", ("", "Without retrieval", "With retrieval"), rows)


def two_by_two_lines(found: TwoByTwo) -> tuple[Line, ...]:
    """What each brings, and what both bring beyond the sum."""
    return (
        Line("Retrieval brings", Told(found.retrieval_gain, difference=True)),
        Line("Tuning brings", Told(found.tuning_gain, difference=True)),
        Line("Both beyond the sum of each", Told(found.interaction, difference=True)),
    )


def two_by_two_strategies(found: TwoByTwo) -> str:
    """Which strategy stands in which cell."""
    return "; ".join(f"{cell}: {strategy}" for cell, strategy in found.strategies.items())


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(f"“{name}”" for name in names[:NAMED]) + more
