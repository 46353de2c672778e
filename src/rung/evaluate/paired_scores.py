"""Two strategies on the same items: their scores side by side, and what the pairs say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray

from rung.errors import InvalidData
from rung.estimate import LEVEL, Estimate, Provenance
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import sampled
from rung.stats import clustered_mid_p, connor_items, effective_items, paired_difference, sign_flip

POWER = 0.80
"""Chance that a repetition with the items advised would tell the two apart, if what was seen is true."""

MOST_ITEMS = 100_000
"""Beyond this no number of items is advised: a difference that small decides nothing."""

SIGN_DRAWS = 9_999
"""Sign patterns drawn for scores that are not 0 or 1; the p-value is then known to about .004 near .05."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairedScores:
    """Scores in [0, 1] of two strategies on the same items, in the same order, all of one length.

    `clusters` names what each item shares with others. `parts` divides the items in several ways: for each
    dimension the part of every item, "" where it has none. `source` says where the scores come from.
    """

    challenger: str
    baseline: str
    first: FloatArray
    second: FloatArray
    clusters: tuple[str, ...]
    source: str
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def items(self) -> int:
        """How many items both have."""
        return int(self.first.size)

    @property
    def binary(self) -> bool:
        """True when every score is 0 or 1."""
        return bool(np.isin(self.first, (0.0, 1.0)).all() and np.isin(self.second, (0.0, 1.0)).all())

    @property
    def wins(self) -> int:
        """Items on which the challenger scores higher."""
        return int((self.first > self.second).sum())

    @property
    def losses(self) -> int:
        """Items on which it scores lower."""
        return int((self.first < self.second).sum())

    def at(self, chosen: NDArray[np.bool_]) -> PairedScores:
        """The items where `chosen` is true; ValueError when there is none."""
        if not chosen.any():
            raise ValueError("no item was chosen")
        return PairedScores(
            self.challenger,
            self.baseline,
            self.first[chosen],
            self.second[chosen],
            tuple(name for name, keep in zip(self.clusters, chosen, strict=True) if keep),
            self.source,
        )

    def difference(self, *, level: float = LEVEL) -> Estimate:
        """Challenger minus baseline, with the interval of `stats.paired_difference`."""
        interval = paired_difference(self.first, self.second, self.clusters, level=level)
        return sampled(interval, "share", self.items, Provenance.MEASURED, self.source)

    def p_value(self) -> float:
        """Two-sided, of "no difference": McNemar's mid-p for 0/1 scores, whole clusters counted together, else
        sign flips of whole clusters (Monte Carlo with a fixed seed)."""
        if self.binary:
            return clustered_mid_p(self.first - self.second, self.clusters)
        return sign_flip(self.first - self.second, self.clusters, draws=SIGN_DRAWS, rng=np.random.default_rng(0))

    def items_needed(self, difference: Estimate, *, level: float = LEVEL) -> int | None:
        """How many items in all would tell the two apart with probability `POWER`, if the shares of items on which
        they differ stay (Connor 1987). None when they are told apart already, or no number can be told."""
        low, high = difference.low, difference.high
        if (low is not None and low > 0) or (high is not None and high < 0) or difference.value == 0:
            return None
        effective = effective_items(self.first - self.second, self.clusters)
        if effective is None or not self.binary:
            return None
        independent = connor_items(self.wins / self.items, self.losses / self.items, alpha=1 - level, power=POWER)
        items = max(self.items + 1, ceil(independent * self.items / effective))
        return items if items <= MOST_ITEMS else None


def paired_scores(challenger: Run, baseline: Run, *, metadata: Sequence[str] = ()) -> PairedScores:
    """Task success of two runs on the items that both have, divided by segment, flow and the `metadata` keys named.

    InvalidData when no item is shared, or one id stands for two items.
    """
    pairs = _pairs(challenger, baseline)
    mine = [row for row, _ in pairs]
    parts = {
        "segment": tuple(row.example.segment or "" for row in mine),
        "flow": tuple(row.example.flow or "" for row in mine),
        **{key: tuple(row.example.metadata.get(key, "") for row in mine) for key in metadata},
    }
    return PairedScores(
        challenger=challenger.strategy,
        baseline=baseline.strategy,
        first=np.array([float(row.success) for row in mine]),
        second=np.array([float(other.success) for _, other in pairs]),
        clusters=tuple(row.example.group for row in mine),
        source=_source(challenger, baseline),
        parts=parts,
    )


def _pairs(challenger: Run, baseline: Run) -> list[tuple[Row, Row]]:
    theirs = {row.example.id: row for row in baseline.rows}
    pairs = [(row, theirs[row.example.id]) for row in challenger.rows if row.example.id in theirs]
    if not pairs:
        raise InvalidData(
            f"{challenger.strategy} ({challenger.split}) and {baseline.strategy} ({baseline.split}) share no item: "
            "a comparison needs both on the same items; run both on the same split"
        )
    for mine, other in pairs:
        if (mine.example.input, mine.example.expected) != (other.example.input, other.example.expected):
            raise InvalidData(
                f"item {mine.example.id!r} differs between the run of {challenger.strategy} and that of "
                f"{baseline.strategy}: the examples changed in between; run both again"
            )
    return pairs


def _source(challenger: Run, baseline: Run) -> str:
    """Names both runs; the split once where it is the same."""
    split = "" if challenger.split == baseline.split else f", {challenger.split}"
    return f"run {challenger.id[:12]}{split} minus run {baseline.id[:12]}, {baseline.split}"
