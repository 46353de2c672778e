"""Two strategies side by side in every part of the data: who gains, who loses, and whether parts differ at all.

A part is said to regress only when that is shown with all parts of its dimension tested together (Holm). That a part
gains less than the others is told by the interaction, the difference of the two differences, and never by "shown
here, not shown there": both may be the same gain, seen with more items and with fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.paired_scores import PairedScores
from rung.evaluate.sampled import sampled
from rung.stats import clustered_mean, clustered_wilson, holm, interaction

ALPHA = 1 - LEVEL
"""Two-sided: a loss is shown at 5 %, as everywhere that a bound is held to a limit."""

FEWEST_ITEMS = 5
"""A part with fewer items is counted and not tested: it could show nothing, and would cost the others their power."""

Trend = Literal["gains", "regresses", "open"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of one dimension. `trend` is what is shown with all parts of the dimension tested together.

    `against_rest`: its difference less that of all other items. `differs`: that interaction excludes 0 with all
    parts of the dimension taken together (Bonferroni).
    """

    dimension: str
    name: str
    items: int
    difference: Estimate
    p_holm: float
    trend: Trend
    against_rest: Figure
    differs: bool


@dataclass(frozen=True, slots=True)
class Contrast:
    """Challenger against baseline. Shares in [0, 1] with intervals at `LEVEL`; differences are challenger minus
    baseline. `too_few` counts, by dimension, the parts with fewer than `FEWEST_ITEMS` items."""

    challenger: str
    baseline: str
    items: int
    challenger_score: Estimate
    baseline_score: Estimate
    difference: Estimate
    p_value: float
    wins: int
    losses: int
    items_needed: int | None
    parts: tuple[Part, ...]
    too_few: dict[str, int]

    @property
    def verdict(self) -> Literal["better", "worse", "open"]:
        """What the interval of the whole shows."""
        low, high = self.difference.low, self.difference.high
        if low is not None and low > 0:
            return "better"
        return "worse" if high is not None and high < 0 else "open"

    @property
    def regressions(self) -> tuple[Part, ...]:
        """Parts that are shown to lose, the largest loss first."""
        return tuple(sorted((one for one in self.parts if one.trend == "regresses"), key=_by_difference))

    @property
    def lower(self) -> tuple[Part, ...]:
        """Parts that did worse in these items without showing that they lose, the largest loss first."""
        return tuple(
            sorted((one for one in self.parts if one.trend == "open" and one.difference.value < 0), key=_by_difference)
        )


def contrast(pairs: PairedScores) -> Contrast:
    """The contrast of all items and of each part of each dimension that divides them."""
    overall = pairs.difference()
    parts: list[Part] = []
    too_few: dict[str, int] = {}
    for dimension, names in pairs.parts.items():
        found, left_out = _parts(pairs, dimension, np.array(names))
        parts += found
        if left_out:
            too_few[dimension] = left_out
    return Contrast(
        challenger=pairs.challenger,
        baseline=pairs.baseline,
        items=pairs.items,
        challenger_score=_score(pairs, pairs.first),
        baseline_score=_score(pairs, pairs.second),
        difference=overall,
        p_value=pairs.p_value(),
        wins=pairs.wins,
        losses=pairs.losses,
        items_needed=pairs.items_needed(overall),
        parts=tuple(parts),
        too_few=too_few,
    )


def _by_difference(part: Part) -> float:
    return part.difference.value


def _score(pairs: PairedScores, scores: np.ndarray) -> Estimate:
    interval = (clustered_wilson if pairs.binary else clustered_mean)(scores, pairs.clusters, level=LEVEL)
    return sampled(interval, "share", pairs.items, Provenance.MEASURED, pairs.source)


def _parts(pairs: PairedScores, dimension: str, names: np.ndarray) -> tuple[list[Part], int]:
    """The parts of a dimension with enough items, by name, and how many have too few. None for an undivided one."""
    present, counts = np.unique(names[names != ""], return_counts=True)
    if present.size < 2:
        return [], 0
    tested = [str(name) for name, count in zip(present, counts, strict=True) if count >= FEWEST_ITEMS]
    within = {name: pairs.at(names == name) for name in tested}
    adjusted = holm([part.p_value() for part in within.values()])
    parts = []
    for (name, part), p_holm in zip(within.items(), adjusted, strict=True):
        difference = part.difference()
        against_rest, differs = _against_rest(pairs, names == name, parts=len(tested))
        trend = _trend(difference.value, p_holm)
        parts.append(Part(dimension, name, part.items, difference, p_holm, trend, against_rest, differs))
    return parts, int(present.size) - len(tested)


def _trend(difference: float, p_holm: float) -> Trend:
    if p_holm > ALPHA or difference == 0:
        return "open"
    return "gains" if difference > 0 else "regresses"


def _against_rest(pairs: PairedScores, inside: np.ndarray, *, parts: int) -> tuple[Figure, bool]:
    if inside.all():
        return Missing("every item is in this part"), False
    shown = interaction(pairs.first, pairs.second, inside, pairs.clusters, level=LEVEL)
    careful = interaction(pairs.first, pairs.second, inside, pairs.clusters, level=1 - ALPHA / parts)
    differs = (careful.low is not None and careful.low > 0) or (careful.high is not None and careful.high < 0)
    return sampled(shown, "share", pairs.items, Provenance.MEASURED, pairs.source), differs
