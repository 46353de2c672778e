"""Which findings forbid updating weights for now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.findings import NAMES, REMEDY_OF, finding
from rung.diagnose.owner import Owner
from rung.diagnose.remedies import REMEDIES, RemedyName
from rung.diagnose.sentences import CAUSE_NAMES
from rung.estimate import Estimate, Figure, Missing
from rung.evidence.readiness.leaks import GroupLeak

LOCKING: tuple[Owner, ...] = ("retrieval", "orchestration", "data_hygiene")
"""Owners whose failures no update of weights would mend."""
FROM_SCRATCH = "from_scratch"
"""Name of the gate that speaks of models from scratch alone."""
ABOUT_NOTHING = 0.05
"""Share of all items that retrieval may still own when a model of one's own is thought of: what a better search would
win back at once is then small beside any gap that a lifecycle of years is meant to close. Ours: no source gives one."""
NOT_ESTIMATED = Missing("label noise was not estimated", "rung data check")


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition for updating weights. `because` says why it is locked, or why it is open. While it is locked, the
    strategies in `unlocks` are those that would mend what it found."""

    name: str
    locked: bool
    because: str
    unlocks: tuple[str, ...] = ()


def weight_gates(
    diagnoses: Sequence[Diagnosis],
    *,
    light: Collection[str],
    noise: Figure = NOT_ESTIMATED,
    leaks: Sequence[GroupLeak] = (),
    proprietary_tokens: float | None = None,
    mended_by: Mapping[RemedyName, tuple[str, ...]] | None = None,
) -> tuple[Gate, ...]:
    """The gates `failure_analysis`, `retrieval`, `orchestration`, `data_hygiene`, `label_noise`,
    `group_leak`, `wording` and `from_scratch`, in this order; all but the last speak of every update of weights.

    `light` names the strategies that update no weights. The best of them, by its failure rate on dev (the one
    given first among equals), shows whose gap is left; the owner of its largest share locks, ties included. `noise` is
    the estimated share of wrong labels: it locks while it is at least the gap to the target, because the gap may then
    not be there at all. `leaks` are groupings shown to leak across the split: what is learned from labels may then be
    right only where it knows the vendor. The wording locks while the spread over wordings of the same prompt is at
    least the gap and shown to be there.
    `mended_by` names the strategies that apply a remedy.
    """
    best = best_light(diagnoses, light=light)
    if best is None:
        because = "no strategy that leaves the weights alone has been diagnosed; run one and its failure analysis first"
        unknown = (*LOCKING, "label_noise", "group_leak", "wording", FROM_SCRATCH)
        gates = (Gate(name, False, "not analysed yet") for name in unknown)
        # A leak lies in the data: it is known whatever ran.
        return (
            Gate("failure_analysis", True, because),
            *(_leak_gate(leaks) if gate.name == "group_leak" else gate for gate in gates),
        )
    done = f"{best.strategy} was analysed: {best.failures} failures in {best.items} dev items"
    return (
        Gate("failure_analysis", False, done),
        *(_gate(owner, best, mended_by or {}) for owner in LOCKING),
        _noise_gate(best, noise),
        _leak_gate(leaks),
        _wording_gate(best),
        _scratch_gate(best, proprietary_tokens),
    )


def locked(diagnoses: Sequence[Diagnosis], *, light: Collection[str]) -> dict[str, str]:
    """Why weights must not be updated now, by the name of the gate; empty when nothing forbids it."""
    return {
        gate.name: gate.because
        for gate in weight_gates(diagnoses, light=light)
        if gate.locked and gate.name != FROM_SCRATCH
    }


def best_light(diagnoses: Sequence[Diagnosis], *, light: Collection[str]) -> Diagnosis | None:
    """The diagnosis with the lowest failure rate among the light strategies; None when none was diagnosed."""
    candidates = [diagnosis for diagnosis in diagnoses if diagnosis.strategy in light]
    return min(candidates, key=lambda diagnosis: diagnosis.failures / diagnosis.items, default=None)


def _gate(owner: Owner, best: Diagnosis, mended_by: Mapping[RemedyName, tuple[str, ...]]) -> Gate:
    figure = best.owed.get(owner)
    if not isinstance(figure, Estimate):
        return Gate(owner, False, f"{best.strategy} has no failures to own")
    of = f"the {best.failures} failures of {best.strategy}"
    if figure.n is not None and figure.n < best.failures:
        of = f"the {figure.n} of {best.failures} failures of {best.strategy} that were asked again"
    # A strategy that retrieves nothing lacks knowledge; nothing it could search better.
    lacks = owner == "retrieval" and any(cause.name == "missing_knowledge" for cause in best.causes)
    share = f"{CAUSE_NAMES['missing_knowledge'] if lacks else NAMES[owner]} owns {figure.value:.0%} of {of}"
    largest = max(other.value for other in best.owed.values() if isinstance(other, Estimate))
    if figure.value < largest:
        return Gate(owner, False, f"{share}, not the largest share")
    seen = finding(owner, best.kind, asked_again=isinstance(best.context and best.context.oracle, Estimate))
    remedy: RemedyName = "retrieve" if lacks else REMEDY_OF[owner]
    return Gate(owner, True, f"{share}, the largest share: {seen}. {REMEDIES[remedy]}", mended_by.get(remedy, ()))


def _noise_gate(best: Diagnosis, noise: Figure) -> Gate:
    if not isinstance(noise, Estimate):
        return Gate("label_noise", False, f"not known: {noise.because}")
    told = f"{_percent(noise)} of the labels may be wrong, by estimate"
    gap = best.gap
    if not isinstance(gap, Estimate):
        return Gate("label_noise", False, f"{told}; without a target there is no gap to hold it against")
    if gap.value <= 0:
        return Gate("label_noise", False, f"{told}; {best.strategy} leaves no gap to its target")
    against = f"the gap of {best.strategy} to its target is {gap.value:.0%}"
    shown = noise.low is not None and noise.low > 0
    if not shown or noise.value < gap.value:
        why = "which is more" if shown else "and noise is not shown to be there at all"
        return Gate("label_noise", False, f"{told}; {against}, {why}")
    return Gate("label_noise", True, f"{told}, and {against}: the gap may be noise. {REMEDIES['relabel']}")


def _leak_gate(leaks: Sequence[GroupLeak]) -> Gate:
    if not leaks:
        return Gate("group_leak", False, "no grouping of the items is shown to leak across the split")
    first = leaks[0]
    points = f"{100 * first.size.value:.0f} points" if isinstance(first.size, Estimate) else "an unknown amount"
    others = f" (and through {', '.join(one.name for one in leaks[1:])})" if len(leaks) > 1 else ""
    why = (
        f"answers leak across the split through {first.name}{others}: keeping its values apart lowers the score of a "
        f"probe by {points}, and what is learned from these labels would be measured too well"
    )
    return Gate("group_leak", True, f"{why}. {first.proposal}".rstrip())


def _wording_gate(best: Diagnosis) -> Gate:
    if best.wordings is None:
        return Gate("wording", False, f"other wordings of {best.strategy} were not tried")
    return Gate("wording", best.wordings.exhausted is False, best.wordings.because)


def _scratch_gate(best: Diagnosis, proprietary_tokens: float | None) -> Gate:
    """A model of one's own needs a corpus, and nothing left that a better search would win."""
    reasons = []
    owed = best.owed.get("retrieval")
    if isinstance(owed, Estimate):
        share = owed.value * best.failures / best.items
        if share > ABOUT_NOTHING:
            reasons.append(f"retrieval owns failures on {share:.0%} of all items of {best.strategy}: mend that first")
    if proprietary_tokens is None:
        reasons.append("how many tokens of its own the team has is unknown (moat.proprietary_tokens)")
    elif proprietary_tokens == 0:
        reasons.append("the team has no tokens of its own to train on (moat.proprietary_tokens)")
    if reasons:
        return Gate(FROM_SCRATCH, True, "; ".join(reasons))
    return Gate(FROM_SCRATCH, False, "retrieval owns next to nothing, and the team has tokens of its own")


def _percent(figure: Estimate) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.0%}"
    return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"
