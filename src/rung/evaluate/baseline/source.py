"""What a baseline asks of the place where the log lies: sums, counts and order statistics, never rows.

Ten million rows stay where they are; a database adds them up, and everything after that is the same few lines for
every database. `tests/contracts/test_trace_source.py` runs on each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from rung.stats.sums import ClusterSums

Dimension = Literal["all", "flow", "segment", "provider", "model", "week"]
DIMENSIONS: tuple[Dimension, ...] = ("all", "flow", "segment", "provider", "model", "week")
"""What a log is divided by. Weeks begin on Monday, UTC, and are named by that day: 2026-03-02."""

LARGEST_CELLS = 100
"""At most so many cells of a dimension are measured, those with the most requests; the others are counted."""


@dataclass(frozen=True, slots=True)
class Labour:
    """How a correction becomes money: the wage, and the minutes of a correction whose own are not in the log.

    `wage_usd_per_hour` None: unknown. `minutes_by_flow` holds what rung.yaml states; a flow may be missing.
    """

    wage_usd_per_hour: float | None = None
    minutes_by_flow: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CostSums:
    """Cost and accepted outcomes over the requests for which both are known.

    `cost` adds up USD, labour included, `accepted` 1 for an outcome that was right and 0 for one that was not;
    `cluster_product` sums, over clusters, (sum of cost)(sum of accepted). Requests that failed, and of which nobody
    says what became, are not among these; what they cost is spread evenly over the others, as `cost.centre`: counted
    whole beside a few known outcomes they would weigh more than their share.
    """

    cost: ClusterSums
    accepted: ClusterSums
    cluster_product: float


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over the `known` requests that tell the value."""

    known: int
    total: float


@dataclass(frozen=True, slots=True)
class CellSums:
    """One part of the log. `name` is "" where the log does not tell it.

    `error` and `rate_limited` are over the requests whose status is known; `success` and `corrected` over those whose
    outcome is known and old enough; each None where there are none. `latencies` counts requests that were timed and
    are not known to have failed. `cost_known` counts requests with a cost, and `unpaid` those of them that would be in
    `cost` if the labour of their correction were known. Tokens are over all requests that tell them.
    """

    name: str
    requests: int
    error: ClusterSums | None
    rate_limited: ClusterSums | None
    success: ClusterSums | None
    corrected: ClusterSums | None
    cost: CostSums | None
    latencies: int
    cost_known: int
    unpaid: int
    input_tokens: Total
    output_tokens: Total


@dataclass(frozen=True, slots=True)
class CohortCounts:
    """The requests of one week of exposure, and what is known of them by now.

    `success_known` of `requests` have a known outcome, `succeeded` of those were right; likewise corrections.
    `late_known` outcomes have a date of their own, and arrived `median_delay_days` after the request at the median
    (None where no outcome has a date).
    """

    week: str
    requests: int
    success_known: int
    succeeded: int
    corrected_known: int
    corrected: int
    late_known: int
    median_delay_days: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The log as a whole. Times in UTC; None when no request has one.

    `status_known` counts rows that tell how they ended, `clustered` those that name a cluster. `delay_days_p95` is the
    p95 of the days from request to outcome (linear interpolation), None where no outcome has a date. `known_until` is
    the latest time of any request or outcome. `cost_missing` counts requests without a cost by model.
    """

    rows: int
    first_at: datetime | None
    last_at: datetime | None
    known_until: datetime | None
    status_known: int
    clustered: int
    succeeded: int
    failed: int
    corrected: int
    uncorrected: int
    delay_days_p95: float | None
    cost_missing: Mapping[str, int]


class TraceSource(Protocol):
    """A production log in a database. All sums are over the requests named; every call sees the same rows."""

    @property
    def name(self) -> str:
        """Where the rows lie, for `Estimate.source`; without credentials."""

    def overview(self) -> Overview:
        """The log as a whole."""

    def cells(
        self, *, labour: Labour, matured_before: datetime | None
    ) -> Mapping[Dimension, tuple[tuple[CellSums, ...], int]]:
        """For each dimension its `LARGEST_CELLS` largest cells, by name, and how many were left out.

        Outcomes and costs count only for requests made before `matured_before` (one without a time does not); None:
        for all. A dimension that the log never tells has no cell.
        """

    def order_statistics(self, dimension: Dimension, ranks: Mapping[str, Sequence[int]]) -> dict[str, dict[int, float]]:
        """For each named cell, the latency in ms at each of the ranks (from 1) among the requests of `latencies`.

        Of the cells that `cells` gave last; the same goes for `latency_at_most`.
        """

    def latency_at_most(self, dimension: Dimension, bounds_ms: Mapping[str, float]) -> dict[str, ClusterSums]:
        """For each named cell, the sums of 1{latency <= its bound} over the requests of `latencies`."""

    def cohorts(self) -> tuple[CohortCounts, ...]:
        """One per week of exposure, in order; requests without a time are in none."""
