"""What the draws say across strategies: the values that report, page and decision record show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.estimate import Figure

Objective = Literal["net_benefit", "cost"]
"""What a choice is judged by in USD: the value of accepted outcomes less all cost, or the cost alone where the value
of an outcome is not stated."""


@dataclass(frozen=True, slots=True)
class DriverRow:
    """One driver as shown: its range as a figure, which strategies read it, and what its ends are."""

    name: str
    meaning: str
    figure: Figure
    ends: str
    as_of: str
    remedy: str
    strategies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The monthly volume above which `second` costs less than `first`.

    `requests_per_month` has the median and the 5th and 95th percentile of the crossing among the draws that cross;
    Missing when none does. `no_crossing` in [0, 1] is the share of draws without a crossing inside the searched
    range; `because` says who is cheaper there, and what was searched.
    """

    first: str
    second: str
    requests_per_month: Figure
    no_crossing: float
    because: str


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """What one driver alone does to a strategy's total: it is set to its 10th and its 90th percentile, all others stay
    at their mean. Amounts in USD over the horizon.

    With `against` the amounts are not the total but the lead of `strategy` over that one by the objective: above 0
    while it is the better of the two.
    """

    strategy: str
    driver: str
    driver_low: Figure
    driver_high: Figure
    usd_at_low: float
    usd_at_high: float
    usd_base: float
    against: str = ""


@dataclass(frozen=True, slots=True)
class FlipThreshold:
    """The value of a driver at which another strategy is the best by the objective, all others at their mean.

    `at` is in the driver's unit, Missing when no value within the searched range flips it; then `to_strategy` and
    `side` are "". `side` says on which side of `at` the other one is best. `within_range`: the threshold lies between
    the driver's 5th and 95th percentile. `because` is a sentence.
    """

    driver: str
    from_strategy: str
    to_strategy: str
    at: Figure
    now: Figure
    within_range: bool
    because: str
    side: Literal["above", "below", ""] = ""


@dataclass(frozen=True, slots=True)
class MeasureWorth:
    """What knowing a driver exactly would be worth (EVPPI), in USD over the horizon; `remedy` measures it."""

    driver: str
    usd: Figure
    remedy: str


@dataclass(frozen=True, slots=True)
class SampleWorth:
    """What an evaluation of `items` further items would be worth (EVSI) and would cost, in USD; `because` is a sentence
    such as "a 200-item evaluation first is worth 1,900 USD and costs 400 USD"."""

    items: int
    usd: Figure
    cost_usd: Figure
    because: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One strategy over all draws, jointly with the others.

    `meets_all` is P(all targets met), `cheapest` P(cheapest | feasible) with feasible meaning meets all targets in that
    draw, `regret_usd` the expected regret by the objective against the best feasible one. Shares in [0, 1]. Figures
    are Missing where a target's metric or a cost is unknown.
    """

    strategy: str
    meets_all: Figure
    cheapest: Figure
    regret_usd: Figure


@dataclass(frozen=True, slots=True)
class CostAnalysis:
    """Everything across strategies. `draws` and `seed` make it repeatable; `objective` says what was maximised.

    `candidates` are the strategies that were compared (priced in full); `excluded` names the others with the reason.
    `in_question` are those of them that the choice is between: where targets are judged, the ones that may still meet
    them all. `best` is the best of these by the expected objective, `perfect_information_usd` EVPI among them.
    `feasible_information_usd` is what it would be worth to know, before choosing, which one is the best that meets
    every target; None where no targets are judged.
    """

    months: int
    draws: int
    seed: int
    objective: Objective
    candidates: tuple[str, ...]
    excluded: dict[str, str]
    best: str | None
    break_even: tuple[BreakEven, ...]
    tornado: tuple[TornadoBar, ...]
    flips: tuple[FlipThreshold, ...]
    perfect_information_usd: Figure
    worth_measuring: tuple[MeasureWorth, ...]
    samples: tuple[SampleWorth, ...]
    drivers: tuple[DriverRow, ...]
    standings: tuple[Standing, ...] = ()
    notes: tuple[str, ...] = ()
    in_question: tuple[str, ...] = ()
    feasible_information_usd: Figure | None = None
