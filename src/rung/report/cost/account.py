"""What is told of the cost, whether it comes from `rung cost` or from a decision record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rung.decide.decision import Decision
from rung.economics.costs import AnnualCost
from rung.economics.tco.analyse import driver_rows
from rung.economics.tco.analysis import CostAnalysis, DriverRow
from rung.estimate import Estimate

if TYPE_CHECKING:
    from rung.pipeline.cost import Priced

BUDGET_MONTHS = 12
"""`constraints.budget_usd` is an amount for twelve months."""


@dataclass(frozen=True, slots=True)
class Account:
    """A year of each strategy, lightest first, with what was worked out across them (None where nothing was).

    `costs` are those of strategies that were run; `not_run` says of the others what they lack, "" where nothing but a
    run. `drivers` are all that was drawn, `stated` those of them set for this call alone. `budget_usd` and
    `most_per_success_usd` are the limits that the team set, None without one.
    """

    name: str
    months: int
    costs: tuple[AnnualCost, ...]
    titles: Mapping[str, str]
    analysis: CostAnalysis | None
    drivers: tuple[DriverRow, ...]
    draws: int | None = None
    seed: int | None = None
    not_run: Mapping[str, str] = field(default_factory=dict)
    stated: tuple[str, ...] = ()
    budget_usd: float | None = None
    most_per_success_usd: float | None = None

    @property
    def priced(self) -> tuple[AnnualCost, ...]:
        """Those with a total."""
        return tuple(one for one in self.costs if isinstance(one.total_usd, Estimate))

    @property
    def unpriced(self) -> tuple[AnnualCost, ...]:
        """Those without one: a line of theirs is unknown."""
        return tuple(one for one in self.costs if not isinstance(one.total_usd, Estimate))

    def title(self, strategy: str) -> str:
        """The strategy as people read it."""
        return self.titles.get(strategy, strategy)


def account_of(priced: Priced) -> Account:
    """The account of what `rung cost` found."""
    task, case, analysis = priced.task, priced.simulation.case, priced.analysis
    shown = tuple(cost for name, cost in priced.costs.items() if name not in priced.not_run or _has_total(cost))
    named = {one.strategy for one in shown}
    models = tuple(one for one in case.models if one.strategy in named)
    return Account(
        name=task.name,
        months=task.months,
        costs=shown,
        titles=priced.titles,
        analysis=analysis,
        drivers=driver_rows(replace(case, models=models or case.models)),
        draws=priced.simulation.draws,
        seed=case.seed,
        not_run={name: why for name, why in priced.not_run.items() if not _has_total(priced.costs[name])},
        stated=priced.stated,
        budget_usd=task.constraints.budget_usd,
        most_per_success_usd=next(
            (one.maximum for one in task.targets if one.metric == "cost_per_success_usd" and one.segment is None), None
        ),
    )


def account_of_decision(decision: Decision) -> Account:
    """The account that the record holds; without an analysis in records of earlier versions."""
    costs = tuple(one.cost for one in decision.strategies if one.cost is not None and one.metrics is not None)
    analysis = getattr(decision, "cost_analysis", None)
    limits = decision.constraints
    return Account(
        name=decision.task_name,
        months=int(costs[0].months) if costs else BUDGET_MONTHS,
        costs=costs,
        titles={one.card.name: one.card.title for one in decision.strategies},
        analysis=analysis,
        drivers=() if analysis is None else analysis.drivers,
        draws=None if analysis is None else analysis.draws,
        seed=None if analysis is None else analysis.seed,
        not_run={one.card.name: one.because for one in decision.strategies if one.metrics is None},
        budget_usd=None if limits is None else limits.budget_usd,
        most_per_success_usd=next(
            (one.maximum for one in decision.targets if one.metric == "cost_per_success_usd" and one.segment is None),
            None,
        ),
    )


def _has_total(cost: AnnualCost) -> bool:
    return isinstance(cost.total_usd, Estimate)
