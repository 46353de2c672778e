"""Twelve months of one strategy, in USD: the values that decision and report read."""

from __future__ import annotations

from dataclasses import dataclass

from rung.estimate import Figure


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
    simulated totals, shape (n_draws,), same draw index = same shared drivers across strategies.
    """

    strategy: str
    months: float
    items: tuple[LineItem, ...]
    total_usd: Figure
    p90_usd: Figure
    machines: int | None
    unknown: tuple[str, ...]
    draws_usd: tuple[float, ...] = ()
