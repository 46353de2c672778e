"""Group leaks, declared or not: what stands on both sides of the split and gives answers away.

A vendor, a customer or a mould of text that stands in train and in a held-out part is harmless unless knowing it
helps. So it is measured: a cheap probe is cross-validated over folds that are random within the declared groups, and
over folds of the same sizes that no value of the field crosses. The leak is the mean of the paired differences, item by
item, with its interval clustered by the field's values; it is shown when the interval lies above 0 and the test holds
after Holm's correction over all fields measured. The gap between random and blocked cross-validation as a measure of
what such structure is worth: Roberts et al. 2017, "Cross-validation strategies for data with temporal, spatial,
hierarchical, or phylogenetic structure"; Kapoor and Narayanan 2023, "Leakage and the reproducibility crisis", L3.2.

Labels are read of the originals of train and dev only; of sealed items only the fields and texts, for the share of them
that crosses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rung.errors import MissingExtra
from rung.estimate import LEVEL, Estimate, Figure, Missing
from rung.evidence.readiness.groupings import ALIKE, Grouping, groupings
from rung.evidence.readiness.leak_folds import folds_like, known_elsewhere, sampled_places
from rung.evidence.readiness.probe import FOLDS, Probe, random_folds, too_few
from rung.evidence.readiness.shares import measured, share_of
from rung.evidence.split import Split
from rung.stats import clustered_mid_p, holm, paired_difference
from rung.task.example import Example

MOST_FIELDS = 8
FEWEST_ITEMS = 40
"""Items that both ways of folding must be able to score: with fewer, no drop below a quarter would be seen."""
FEW_VALUES = 8
"""Values of a field below which its interval is wide whatever the items say: they are the sample."""
HARMLESS = 0.05
"""A drop that lies wholly below this changes no choice between strategies that a few hundred items could make."""

LeakVerdict = Literal["leaks", "does_not", "cannot_be_told"]


@dataclass(frozen=True, slots=True)
class GroupLeak:
    """One way of grouping the items.

    `values` in all, `on_both_sides` of train and the held-out parts; `crossing_share` of the held-out originals have a
    value that stands in train, too. `score_as_split` is the probe's accuracy over random folds, `score_disjoint` that
    over folds which no value crosses, `size` the first minus the second. `p_value` is two-sided and not yet
    corrected for the number of groupings, as the verdict is; None where nothing was measured.
    """

    name: str
    values: int
    on_both_sides: int
    crossing_share: Figure
    score_as_split: Figure
    score_disjoint: Figure
    size: Figure
    verdict: LeakVerdict
    because: str
    p_value: float | None = None
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Leaks:
    """Every grouping looked at: those that leak first, the largest drop before the others and alike texts
    last, then what cannot be told, then what does not leak."""

    groupings: tuple[GroupLeak, ...]
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[GroupLeak, ...]:
        """Those that leak."""
        return tuple(one for one in self.groupings if one.verdict == "leaks")


def group_leaks(split: Split, *, one_label: bool, seed: int) -> Leaks:
    """All groupings of the originals of a split. `one_label`: the task expects one label an item, which a probe can
    score; for other kinds of task the share that crosses is all that is told."""
    train = [one for one in split.train if one.derived_from is None]
    held_out = [one for one in (*split.dev, *split.sealed) if one.derived_from is None]
    dev = sum(one.derived_from is None for one in split.dev)
    looked_at = [_sides(one, train, held_out) for one in groupings([*train, *held_out])]
    crossing = [(grouping, leak) for grouping, leak in looked_at if leak.on_both_sides]
    order = sorted(crossing, key=lambda pair: (-_value(pair[1].crossing_share), pair[0].name))
    readable = len(train) + dev
    items = [*train, *held_out[:dev]]
    found = []
    for place, (grouping, leak) in enumerate(order):
        if not one_label:
            because = "a probe can score one label an item only, and this task expects something else"
            found.append(_unmeasured(leak, because))
        elif place >= MOST_FIELDS:
            because = f"{MOST_FIELDS} groupings with a larger share on both sides were measured, and no more"
            found.append(_unmeasured(leak, because))
        else:
            own = replace(grouping, values=grouping.values[:readable])
            found.append(_measured(leak, own, items, seed=seed))
    return Leaks(_ordered([*_judged(found), *(leak for _, leak in looked_at if not leak.on_both_sides)]))


def _sides(grouping: Grouping, train: Sequence[Example], held_out: Sequence[Example]) -> tuple[Grouping, GroupLeak]:
    """What stands on both sides, nothing measured yet."""
    known = set(grouping.values[: len(train)]) - {""}
    asked = grouping.values[len(train) :]
    both = known & set(asked)
    nothing = Missing("no value stands on both sides")
    share: Figure = Missing("nothing is held out", "add items, or let rung divide them")
    if held_out:
        outcomes = [value in both for value in asked]
        source = f"originals of dev and sealed whose {grouping.name} stands in train"
        share = share_of(outcomes, [one.group or one.id for one in held_out], source=source)
    because = "every value stands on one side of the split only"
    verdict: LeakVerdict = "does_not" if held_out and train else "cannot_be_told"
    leak = GroupLeak(grouping.name, grouping.distinct, len(both), share, nothing, nothing, nothing, verdict, because)
    if verdict == "cannot_be_told":
        leak = _unmeasured(leak, "one side of the split holds no original items")
    return grouping, replace(leak, proposal=_proposal(grouping)) if both else leak


def _proposal(grouping: Grouping) -> str:
    if grouping.origin == "group":
        return "Keep each group in one part: remove `split` from the examples and let rung divide them."
    if grouping.origin == "texts":
        return "Give texts of one mould the same `group` in the examples, so that they stay together, and split again."
    return f"In the examples set `group` to the value of {grouping.name} (group: {grouping.name}) and split again."


def _unmeasured(leak: GroupLeak, because: str) -> GroupLeak:
    missing = Missing(because)
    return replace(
        leak,
        score_as_split=missing,
        score_disjoint=missing,
        size=missing,
        verdict="cannot_be_told",
        because=because,
    )


def _measured(leak: GroupLeak, grouping: Grouping, items: Sequence[Example], *, seed: int) -> GroupLeak:
    """With both scores, their difference and its p-value; the verdict is still open."""
    # A declared group that crosses the split is itself what is tested; elsewhere it stays together both ways.
    together = [one.id if grouping.origin == "group" or not one.group else one.group for one in items]
    values = [value or f"\0{own}" for value, own in zip(grouping.values, together, strict=True)]
    rng = np.random.default_rng(seed)
    chosen, note = sampled_places(values, together, rng)
    values, together = [values[place] for place in chosen], [together[place] for place in chosen]
    targets = [items[place].expected for place in chosen]
    if len(set(values)) == len(set(together)) and len(set(zip(values, together, strict=True))) == len(set(values)):
        return _unmeasured(leak, "each value is one declared group, once the groups are kept together")
    if len(set(targets)) < 2:
        return _unmeasured(leak, "all items have the same label, and there is nothing to give away")
    count = min(FOLDS, len(set(values)))
    disjoint = random_folds(values, targets, count=count, seed=seed)
    random = folds_like(disjoint, together, targets, rng)
    scored = known_elsewhere(targets, disjoint) & known_elsewhere(targets, random)
    if not scored.any():
        return _unmeasured(
            leak, "no label stands with two of its values, so that without a value its labels are unknown"
        )
    if scored.sum() < FEWEST_ITEMS:
        return _unmeasured(leak, f"only {scored.sum()} items could be scored both ways, and {FEWEST_ITEMS} are needed")
    refusal = too_few(targets)
    if refusal is not None:
        return _unmeasured(leak, refusal.because)
    try:
        probe = Probe([items[place].input for place in chosen])
    except MissingExtra as error:
        return _unmeasured(leak, str(error))
    answers = [probe.out_of_fold(targets, folds, seed=seed) for folds in (random, disjoint)]
    right = []
    for answer in answers:
        if isinstance(answer, Missing):
            return _unmeasured(leak, answer.because)
        given = np.searchsorted(np.asarray(answer.labels), np.asarray(targets))
        right.append((answer.predicted == given)[scored].astype(np.float64))
    clusters = np.unique(values, return_inverse=True)[1][scored]
    source = f"probe over {scored.sum():,} originals of train and dev in {count} folds"
    if scored.sum() < len(chosen):
        note = "; ".join(part for part in (note, "items whose label no other fold has are left out") if part)
    as_split, apart = (share_of(one, clusters, source=source, note=note) for one in right)
    drop = paired_difference(right[0], right[1], clusters, level=LEVEL)
    return replace(
        leak,
        score_as_split=as_split,
        score_disjoint=apart,
        size=measured(drop, right[0].size, source=f"{source}, the same items both ways", note=note),
        p_value=clustered_mid_p(right[0] - right[1], clusters),
    )


def _judged(leaks: Sequence[GroupLeak]) -> list[GroupLeak]:
    """With verdicts, corrected over all that were measured."""
    tested = [leak for leak in leaks if leak.p_value is not None]
    corrected = iter(holm([leak.p_value for leak in tested if leak.p_value is not None]))
    return [leak if leak.p_value is None else _verdict(leak, next(corrected)) for leak in leaks]


def _verdict(leak: GroupLeak, p_value: float) -> GroupLeak:
    size = leak.size
    if isinstance(size, Missing):
        return leak
    noun = "cluster of alike texts" if leak.name == ALIKE else leak.name
    what = f"folds that no {noun} crosses score {size.value:.1%} lower"
    if size.low is None or size.high is None:
        return replace(
            leak, verdict="cannot_be_told", because=f"{what}, and how sure that is cannot be told: {size.note}"
        )
    reach = f"from {size.low:.1%} to {size.high:.1%}"
    if size.low > 0 and p_value <= 1 - LEVEL:
        because = f"{what} ({reach}): items of another {noun} would do worse than the split says"
        return replace(leak, verdict="leaks", because=because)
    if size.high <= HARMLESS:
        because = f"keeping values apart lowers the score by less than {HARMLESS:.0%} ({reach})"
        return replace(leak, verdict="does_not", because=because, proposal="")
    because = f"the drop may be {reach}, which neither shows a leak nor excludes one"
    if leak.values < FEW_VALUES:
        because += f": {leak.values} values say little about a next one"
    return replace(leak, verdict="cannot_be_told", because=because)


def _ordered(leaks: Sequence[GroupLeak]) -> tuple[GroupLeak, ...]:
    verdicts: tuple[LeakVerdict, ...] = ("leaks", "cannot_be_told", "does_not")

    def place(leak: GroupLeak) -> tuple[int, bool, float, float, str]:
        # Texts of one vendor are often alike: the field says why, and is what a person can act on.
        proxy = leak.name == ALIKE
        return verdicts.index(leak.verdict), proxy, -_value(leak.size), -_value(leak.crossing_share), leak.name

    return tuple(sorted(leaks, key=place))


def _value(figure: Figure) -> float:
    return figure.value if isinstance(figure, Estimate) else 0.0
