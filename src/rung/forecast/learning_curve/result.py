"""What a forecast of labels says, as values that a record can keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.estimate import Figure

Verdict = Literal["beats", "not shown to beat", "does not beat", "not tried"]
"""Whether the curve, fitted on small sizes, came nearer to the larger ones than the last point did."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the points support no curve or no answer, and what to do. `reason` is a short name for programs."""

    reason: str
    because: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SizePoint:
    """The share of wrong answers after fits on about `labels` training items, over `fits` fits. `error` is measured;
    its interval covers items and, from two fits on, the choice of the training items."""

    labels: int
    fits: int
    error: Figure


@dataclass(frozen=True, slots=True)
class BandPoint:
    """The curve at `labels` training items; `extrapolated` beyond the largest number measured."""

    labels: float
    error: Figure
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class FittedCurve:
    """err(n) = c + a n^-b, fitted to the points. `a` (share), `b` (no unit) and `c` (share) are told each with its own
    interval, though they move together: only `band` may be read as the curve. `largest` is the largest number of labels
    measured and `limit` the largest that the curve is asked about."""

    a: Figure
    b: Figure
    c: Figure
    band: tuple[BandPoint, ...]
    largest: int
    limit: int
    falls: Figure
    """Share of the resamples in which more labels bring fewer errors."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The curve fitted on the smaller sizes, against the larger ones that it did not see.

    `curve_miss` and `last_point_miss` are mean distances to the measured error, in shares; `advantage` is how much
    nearer the curve came. `sizes` are the numbers of labels held out, one entry for each prediction.
    """

    verdict: Verdict
    because: str
    sizes: tuple[int, ...]
    curve_miss: Figure
    last_point_miss: Figure
    advantage: Figure


@dataclass(frozen=True, slots=True)
class TargetLabels:
    """The training labels that one target on task success takes.

    `labels` in total and `more` beyond those that are there: median of the draws, with the ends of the interval; an end
    is None where more than 5 % of the draws lie beyond what the curve may be asked. `never` is the share of draws whose
    curve stays above the error allowed at any number of labels, `within_limit` of those that reach it within the
    limit. `cost_usd` prices `more`.
    """

    target: str
    minimum: float
    labels: Figure
    more: Figure
    never: Figure
    within_limit: Figure
    cost_usd: Figure


@dataclass(frozen=True, slots=True)
class Proxy:
    """The curve was borrowed: another strategy's shape, moved to pass through the `anchors` of this one.

    `odds_ratio` is the odds of a wrong answer of this strategy, at its anchors, over those that the curve of `strategy`
    gives there, on the same items.
    `miss` is the measured error at the largest anchor less what the other anchors had predicted.
    """

    strategy: str
    anchors: tuple[SizePoint, ...]
    odds_ratio: Figure
    miss: Figure


@dataclass(frozen=True, slots=True)
class PartForecast:
    """All dev items (`segment` "") or those of a segment: its points, their curve, and the targets that it answers.

    `curve` is None where `refused` says why there is none.
    """

    segment: str
    items: int
    groups: int
    points: tuple[SizePoint, ...]
    curve: FittedCurve | None
    refused: Refusal | None
    held_out: HeldOut | None
    targets: tuple[TargetLabels, ...]
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class StrategyForecast:
    """One strategy that learns from labels. `parts` is empty where `not_run` says why it has no points."""

    strategy: str
    title: str
    parts: tuple[PartForecast, ...]
    not_run: str = ""


@dataclass(frozen=True, slots=True)
class LabelsForecast:
    """How many labels each strategy needs. `train_items` are there now; `sizes` are the planned numbers of labels.

    `fits_made` were fitted now, `fits_kept` were there already, and `fits_left` are still to be made: the budget ended
    first. `draws` resamples, of which everything modelled is told at the 90 % level. `refused` says why nothing can be
    answered for any strategy.
    """

    train_items: int
    dev_items: int
    sizes: tuple[int, ...]
    repeats: int
    draws: int
    seed: int
    strategies: tuple[StrategyForecast, ...]
    label_usd: Figure
    fits_made: int
    fits_kept: int
    fits_left: int
    data_hash: str = ""
    refused: Refusal | None = None
    notes: tuple[str, ...] = ()
