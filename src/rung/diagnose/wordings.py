"""D4, is the prompt exhausted? The same instructions in several forms; their spread against the gap that is left.

Format alone moves models by more than many strategies differ (Sclar et al. 2024, arXiv:2310.11324). While the spread is
at least the gap, another wording may close it, and no weight has to change.

The best and the worst are picked after the fact, so the plain interval of their difference would be wrong. Let R be the
true spread, the largest of all pairs' true differences. It is one of them, so whichever pair it is, it lies below that
pair's one-sided upper end with its level, and below the largest of all upper ends all the more: no correction is needed
above. It is at least every pair's difference, so it lies above the largest of all lower ends as soon as all of these
hold together: their level is divided by the number of ordered pairs (Bonferroni). Each pair has Tango's interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.arms import WORDING, Arms
from rung.diagnose.gap import gap_to
from rung.diagnose.same_items import on_same_items
from rung.diagnose.seeding import seeded
from rung.diagnose.shares import share_of
from rung.estimate import LEVEL, Estimate, Figure, Provenance
from rung.evaluate.run import Run
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import Interval, paired_difference

OWN = "own wording"
"""The name of the strategy's own prompt among the wordings."""
CHANCE_DRAWS = 500

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wordings:
    """`success` by wording, the strategy's own first, on the same `items` items. `spread` is the best less the worst;
    `best_gain` the best less the strategy's own. `gap` is the target on task success less the strategy's own; Missing
    without one. `exhausted` None: it cannot be told, and `because` says why.
    """

    success: dict[str, Figure]
    spread: Figure
    best_gain: Figure
    gap: Figure
    exhausted: bool | None
    because: str
    items: int


def wordings(run: Run, arms: Arms, *, target: float | None, source: str) -> Wordings | None:
    """How far the wording moves task success; None where no other wording was asked.

    The gap is taken over all of the run's items, the spread over those that every wording was asked about. Exhausted:
    the upper end of the spread is below the gap. Not exhausted: the spread is at least the gap, and wordings are shown
    to differ at all.
    """
    others = {name: arm for name, arm in arms.named(WORDING).items() if arm.rows}
    if not others:
        return None
    own, *asked = on_same_items([run, *others.values()])
    if not own.rows:
        return None
    runs = {OWN: own, **dict(zip(others, asked, strict=True))}
    scores = {name: np.array([float(row.success) for row in one.rows]) for name, one in runs.items()}
    groups = groups_of(own.rows)
    where = f"{source}, {len(own.rows)} items asked in {len(runs)} wordings"
    by_chance = _spread_by_chance(list(scores.values()), groups, seed=run.id)
    note = f"were all wordings alike, chance alone would make a spread of {by_chance:.2f} on these items"
    spread = sampled(
        _spread(scores, groups), "share", len(own.rows), Provenance.MEASURED, f"{where}: best minus worst", note
    )
    gain = sampled(
        _best_gain(scores, groups), "share", len(own.rows), Provenance.MEASURED, f"{where}: best minus its own"
    )
    gap = gap_to(target, run.rows, source=source)
    exhausted, because = _verdict(spread, gap, by_chance)
    return Wordings(
        success={
            name: share_of(one.rows, [row.success for row in one.rows], source=f"{where}: {name}")
            for name, one in runs.items()
        },
        spread=spread,
        best_gain=gain,
        gap=gap,
        exhausted=exhausted,
        because=because,
        items=len(own.rows),
    )


def _spread(scores: Mapping[str, Scores], groups: Sequence[str]) -> Interval:
    means = [float(score.mean()) for score in scores.values()]
    ends = _ends(list(combinations(scores.values(), 2)), groups, either_way=True)
    return Interval(max(means) - min(means), ends.low, ends.high, ends.note)


def _best_gain(scores: Mapping[str, Scores], groups: Sequence[str]) -> Interval:
    """The best of all wordings less the strategy's own, which is among them: never below 0."""
    own = scores[OWN]
    others = [score for name, score in scores.items() if name != OWN]
    ends = _ends([(score, own) for score in others], groups, either_way=False)
    return Interval(max(0.0, *(float((score - own).mean()) for score in others)), ends.low, ends.high, ends.note)


def _ends(pairs: Sequence[tuple[Scores, Scores]], groups: Sequence[str], *, either_way: bool) -> Interval:
    """Ends of the largest of several paired differences that is at least 0, by the argument at the top.

    `either_way`: the differences of the pairs turned round are among them. `mid` of the result means nothing. Both
    ends None where all items belong to one group.
    """
    corrected = 1 - (1 - LEVEL) / (len(pairs) * (2 if either_way else 1))
    highs, lows, note = [0.0], [0.0], ""
    for one, other in pairs:
        above = paired_difference(one, other, groups, level=LEVEL)
        below = paired_difference(one, other, groups, level=corrected)
        if above.low is None or above.high is None or below.low is None or below.high is None:
            return Interval(0.0, None, None, above.note)
        highs += [above.high, -above.low] if either_way else [above.high]
        lows += [below.low, -below.high] if either_way else [below.low]
        note = above.note
    clustered = note.partition("clustered: ")[2].partition(" count as")[0]
    words = "ends of all pairs' intervals, the lower ones at a level divided by the number of pairs"
    return Interval(0.0, max(lows), max(highs), f"{words}; clustered: {clustered}" if clustered else words)


def _spread_by_chance(scores: Sequence[Scores], groups: Sequence[str], *, seed: str) -> float:
    """The mean spread if every group's outcomes were dealt out to the wordings anew: what chance alone shows."""
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    totals = np.stack([np.bincount(codes, weights=score) for score in scores], axis=1)
    rng = seeded(f"{seed} wordings")
    dealt = rng.permuted(np.broadcast_to(totals, (CHANCE_DRAWS, *totals.shape)), axis=2).sum(axis=1)
    return float(np.ptp(dealt, axis=1).mean()) / len(groups)


def _verdict(spread: Estimate, gap: Figure, by_chance: float) -> tuple[bool | None, str]:
    """Whether the prompt is exhausted, and a sentence."""
    if not isinstance(gap, Estimate):
        return None, "There is no target on task success, so there is no gap to hold the spread against."
    if gap.value <= 0:
        return None, "The target is reached as it stands, so there is no gap to close."
    seen = f"The wordings lie {_points(spread.value)} apart and the gap to the target is {_points(gap.value)}"
    if spread.value >= gap.value:
        if spread.low is not None and spread.low > 0:
            return False, f"{seen}: another wording may close it."
        chance = f"but on so few items chance alone would show {_points(by_chance)}"
        return None, f"{seen}, {chance}, and no wording is shown to differ from another."
    if spread.high is None:
        return None, f"{seen}, but how far apart they may lie cannot be told: all items belong to one group."
    if spread.high < gap.value:
        return True, f"{seen}: even at its upper end, {_points(spread.high)}, the spread does not close it."
    return None, f"{seen}, but on so few items the spread may be up to {_points(spread.high)}: ask about more."


def _points(difference: float) -> str:
    return f"{100 * difference:.0f} points"
