"""Which findings forbid updating weights for now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rung.diagnose.diagnosis import Diagnosis, Owner
from rung.diagnose.sentences import NAMES, finding, remedy
from rung.estimate import Estimate

LOCKING: tuple[Owner, ...] = ("retrieval", "orchestration", "data_hygiene")
"""Owners whose failures no update of weights would mend."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition for updating weights. `because` says why it is locked, or why it is open."""

    name: str
    locked: bool
    because: str


def weight_gates(diagnoses: Sequence[Diagnosis], *, light: Collection[str]) -> tuple[Gate, ...]:
    """The gates `failure_analysis`, `retrieval`, `orchestration` and `data_hygiene`, in this order.

    `light` names the strategies that update no weights. The best of them, by its failure rate on dev (the one
    given first among equals), shows whose gap is left; the owner of its largest share locks, ties included.
    """
    best = best_light(diagnoses, light=light)
    if best is None:
        because = "no strategy that leaves the weights alone has been diagnosed; run one and its failure analysis first"
        return (Gate("failure_analysis", True, because), *(Gate(owner, False, "not analysed yet") for owner in LOCKING))
    done = f"{best.strategy} was analysed: {best.failures} failures in {best.items} dev items"
    return (Gate("failure_analysis", False, done), *(_gate(owner, best) for owner in LOCKING))


def locked(diagnoses: Sequence[Diagnosis], *, light: Collection[str]) -> dict[str, str]:
    """Why weights must not be updated now, by the name of the gate; empty when nothing forbids it."""
    return {gate.name: gate.because for gate in weight_gates(diagnoses, light=light) if gate.locked}


def best_light(diagnoses: Sequence[Diagnosis], *, light: Collection[str]) -> Diagnosis | None:
    """The diagnosis with the lowest failure rate among the light strategies; None when none was diagnosed."""
    candidates = [diagnosis for diagnosis in diagnoses if diagnosis.strategy in light]
    return min(candidates, key=lambda diagnosis: diagnosis.failures / diagnosis.items, default=None)


def _gate(owner: Owner, best: Diagnosis) -> Gate:
    figure = best.owed.get(owner)
    if not isinstance(figure, Estimate):
        return Gate(owner, False, f"{best.strategy} has no failures to own")
    share = f"{NAMES[owner]} owns {figure.value:.0%} of the {best.failures} failures of {best.strategy}"
    largest = max(other.value for other in best.owed.values() if isinstance(other, Estimate))
    if figure.value < largest:
        return Gate(owner, False, f"{share}, not the largest share")
    return Gate(owner, True, f"{share}, the largest share: {finding(owner, best.kind)}. {remedy(owner, best.kind)}")
