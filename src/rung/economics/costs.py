"""Twelve months of one strategy, in USD: the values that decision and report read."""

from __future__ import annotations

from dataclasses import dataclass

from rung.estimate import Figure

CORRECTION, METERED = "human correction", "metered model calls"
"""The lines that rest on the outcomes and calls of single requests."""


@dataclass(frozen=True, slots=True)
class LineItem:
    """One kind of cost over the horizon, with its interval, provenance and source."""

    name: str
    usd: Figure
    how: str


@dataclass(frozen=True, slots=True)
class AnnualCost:
    """The whole of a strategy's cost over `months`.

    `total_usd` is the P50 with P5 and P95 as its interval; `p90_usd` is what the budget is tested with; both are
    Missing when a line item that cannot be ignored is unknown (`unknown` names them). `draws_usd` holds the
    simulated totals, shape (n_draws,), same draw index = same shared drivers across strategies. `machines` are those
    that are on in the first month, all drivers at their most likely. `monthly_usd` is the
    cash flow, a figure for each month with its interval; `cost_per_success_usd` all cost of the horizon over accepted
    outcomes (a corrected failure is not one), `accepted` their number; None in records of earlier versions.
    """

    strategy: str
    months: float
    items: tuple[LineItem, ...]
    total_usd: Figure
    p90_usd: Figure
    machines: int | None
    unknown: tuple[str, ...]
    draws_usd: tuple[float, ...] = ()
    monthly_usd: tuple[Figure, ...] = ()
    cost_per_success_usd: Figure | None = None
    accepted: Figure | None = None
