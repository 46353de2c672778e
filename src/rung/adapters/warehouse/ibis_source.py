"""Implements `TraceSource` on a team's own database through Ibis: the queries run there, and nothing is written.

Order statistics are the rows with the wanted number in the order of their latency, which is exact on every backend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import groupby
from math import ceil, floor
from operator import or_
from typing import Any

import ibis
from ibis.expr.types import Table

from rung.adapters.traces.cell_rows import RATES, cell_of, latency_sums
from rung.adapters.warehouse.requests import Fetch, by_cell, delay_days, fetched, flag, measured, rows_of, week_of
from rung.evaluate.baseline.source import (
    DIMENSIONS,
    LARGEST_CELLS,
    CellSums,
    CohortCounts,
    Dimension,
    Labour,
    Overview,
)
from rung.stats.sums import ClusterSums

DELAY_PROBABILITY = 0.95
_PER_CLUSTER = (*RATES, "cost", "accepted")


class IbisTraceSource:
    """The rows of a table, wherever Ibis reaches it."""

    def __init__(self, traces: Table, *, name: str, fetch: Fetch = fetched) -> None:
        """`traces` is as `trace_columns` gives it; `name` says to people where the rows lie.

        `fetch` brings a result. The table must not change while the source is used.
        """
        self._traces = traces
        self._fetch = fetch
        self._requests = measured(traces, Labour(), None)
        self._name = name

    @property
    def name(self) -> str:
        """Where the rows lie."""
        return self._name

    def overview(self) -> Overview:
        """The log as a whole."""
        traces = self._traces
        (row,) = self._rows(
            traces.aggregate(
                rows=traces.count(),
                first_at=traces.at.min(),
                last_at=traces.at.max(),
                last_outcome=traces.outcome_at.max(),
                status_known=traces.status.count(),
                clustered=traces["cluster"].count(),
                succeeded=traces.count(where=traces.success),
                failed=traces.count(where=~traces.success),
                corrected=traces.count(where=traces.corrected),
                uncorrected=traces.count(where=~traces.corrected),
                delays=traces.count(where=traces.at.notnull() & traces.outcome_at.notnull()),
            )
        )
        unpriced = traces.filter(traces.cost_usd.isnull()).select(model=traces.model.fill_null(""))
        missing = self._rows(unpriced.group_by("model").aggregate(requests=unpriced.count()))
        first, last, outcome = (_moment(row.pop(key)) for key in ("first_at", "last_at", "last_outcome"))
        delays = int(row.pop("delays"))
        return Overview(
            **{key: int(value or 0) for key, value in row.items()},
            first_at=first,
            last_at=last,
            known_until=max((moment for moment in (last, outcome) if moment is not None), default=None),
            delay_days_p95=self._delay_quantile(delays) if delays else None,
            cost_missing={one["model"]: int(one["requests"]) for one in missing},
        )

    def cells(
        self, *, labour: Labour, matured_before: datetime | None
    ) -> Mapping[Dimension, tuple[tuple[CellSums, ...], int]]:
        """For each dimension its largest cells, by name, and how many were left out."""
        self._requests = measured(self._traces, labour, matured_before)
        over_clusters = {(row["dimension"], row["name"]): row for row in self._rows(self._cluster_sums())}
        found: dict[Dimension, tuple[tuple[CellSums, ...], int]] = {}
        rows = sorted(self._rows(self._cell_sums()), key=lambda row: (DIMENSIONS.index(row["dimension"]), row["name"]))
        for dimension, of_dimension in groupby(rows, key=lambda row: row["dimension"]):
            here = list(of_dimension)
            if dimension != "all" and all(row["name"] == "" for row in here):
                continue
            cells = tuple(cell_of(row, over_clusters.get((dimension, row["name"]))) for row in here)
            found[dimension] = (cells, max(0, int(here[0]["cells"]) - LARGEST_CELLS))
        return found

    def order_statistics(self, dimension: Dimension, ranks: Mapping[str, Sequence[int]]) -> dict[str, dict[int, float]]:
        """For each named cell, the latency in ms at each of the ranks."""
        found: dict[str, dict[int, float]] = {name: {} for name in ranks}
        wanted = {name: sorted(set(of_cell)) for name, of_cell in ranks.items() if of_cell}
        if not wanted:
            return found
        timed = self._timed(dimension)
        timed = timed.filter(timed.name.isin(list(wanted)))
        place = ibis.row_number().over(group_by=timed.name, order_by=timed.latency_ms) + 1
        placed = timed.select("name", "latency_ms", place=place.cast("int64"))
        asked = reduce(or_, ((placed.name == name) & placed.place.isin(of_cell) for name, of_cell in wanted.items()))
        for row in self._rows(placed.filter(asked)):
            found[row["name"]][int(row["place"])] = float(row["latency_ms"])
        return found

    def latency_at_most(self, dimension: Dimension, bounds_ms: Mapping[str, float]) -> dict[str, ClusterSums]:
        """For each named cell, the sums of 1{latency <= its bound}."""
        timed = self._timed(dimension)
        timed = timed.filter(timed.name.isin(list(bounds_ms)))
        bounds = [(timed.name == name, ibis.literal(bound, "float64")) for name, bound in bounds_ms.items()]
        timed = timed.mutate(below=flag(timed.latency_ms <= ibis.cases(*bounds)))
        shared, alone = timed.filter(timed["cluster"].notnull()), timed.filter(timed["cluster"].isnull())
        in_clusters = shared.group_by("name", "cluster").aggregate(
            n=shared.count().cast("float64"), t=shared.below.sum()
        )
        clusters = in_clusters.select("name", "n", "t").union(
            alone.select("name", n=ibis.literal(1.0, "float64"), t=alone.below)
        )
        n, t = clusters.n, clusters.t
        rows = self._rows(
            clusters.group_by("name").aggregate(
                n=n.sum(),
                g=clusters.count(),
                t=t.sum(),
                tt=(t * t).sum(),
                tn=(t * n).sum(),
                nn=(n * n).sum(),
                with_one=clusters.count(where=t > 0),
                with_zero=clusters.count(where=t < n),
            )
        )
        return {row["name"]: latency_sums(row) for row in rows}

    def cohorts(self) -> tuple[CohortCounts, ...]:
        """One per week of exposure, in order."""
        dated = self._traces.filter(self._traces.at.notnull())
        dated = dated.mutate(week=week_of(dated.at))
        rows = self._rows(
            dated.group_by("week").aggregate(
                requests=dated.count(),
                success_known=dated.success.count(),
                succeeded=dated.count(where=dated.success),
                corrected_known=dated.corrected.count(),
                corrected=dated.count(where=dated.corrected),
                late_known=dated.outcome_at.count(),
            )
        )
        medians = self._median_delays()
        return tuple(
            CohortCounts(
                week=row["week"],
                **{name: int(value or 0) for name, value in row.items() if name != "week"},
                median_delay_days=medians.get(row["week"]),
            )
            for row in sorted(rows, key=lambda row: str(row["week"]))
        )

    def _rows(self, expression: Table) -> list[dict[str, Any]]:
        return rows_of(expression, self._fetch)

    def _cell_sums(self) -> Table:
        """A row of sums over requests for each of the largest cells, with the number of cells of its dimension."""
        sums = (
            "cost_known",
            "unpaid",
            "lost_usd",
            "lost_over",
            "input_tokens",
            "output_tokens",
            "latency_ms",
            *_PER_CLUSTER,
        )
        long = by_cell(self._requests, "cluster", *sums)
        alone = long["cluster"].isnull()
        added: dict[str, Any] = {
            "requests": long.count(),
            "latencies": long.latency_ms.count(),
            "cost_known": long.cost_known.sum(),
            "unpaid": long.unpaid.sum(),
            "lost_usd": long.lost_usd.sum(),
            "lost_over": long.lost_over.sum(),
            "cost_least": long.cost.min(),
            "cost_most": long.cost.max(),
        }
        for name in ("input_tokens", "output_tokens"):
            added |= {f"{name}_n": long[name].count(), f"{name}_t": long[name].sum()}
        for prefix, where in (("", None), ("alone_", alone)):
            for name in _PER_CLUSTER:
                added |= {
                    f"{prefix}{name}_n": long[name].count(where=where),
                    f"{prefix}{name}_t": long[name].sum(where=where),
                }
            added[f"{prefix}cost_tt"] = (long.cost * long.cost).sum(where=where)
            added[f"{prefix}product"] = (long.cost * long.accepted).sum(where=where)
        cells = long.group_by("dimension", "name").aggregate(**added)
        in_dimension = ibis.window(group_by=cells.dimension)
        ranked = cells.mutate(
            place=ibis.row_number().over(group_by=cells.dimension, order_by=[cells.requests.desc(), cells.name]),
            cells=cells.count().over(in_dimension),
        )
        return ranked.filter(ranked.place < LARGEST_CELLS)

    def _cluster_sums(self) -> Table:
        """A row of sums over clusters for each cell that has any, by the names of `cell_of`."""
        requests = self._requests.filter(self._requests["cluster"].notnull())
        long = by_cell(requests, "cluster", *_PER_CLUSTER)
        totals: dict[str, Any] = {}
        for name in _PER_CLUSTER:
            totals |= {f"{name}_n": long[name].count().cast("float64"), f"{name}_t": long[name].sum().fill_null(0.0)}
        clusters = long.group_by("dimension", "name", "cluster").aggregate(**totals)
        added: dict[str, Any] = {}
        for name in RATES:
            n, t = clusters[f"{name}_n"], clusters[f"{name}_t"]
            added |= {
                f"{name}_g": clusters.count(where=n > 0),
                f"{name}_tt": (t * t).sum(),
                f"{name}_tn": (t * n).sum(),
                f"{name}_nn": (n * n).sum(),
                f"{name}_with_one": clusters.count(where=t > 0),
                f"{name}_with_zero": clusters.count(where=t < n),
            }
        n, cost, accepted = clusters.cost_n, clusters.cost_t, clusters.accepted_t
        return clusters.group_by("dimension", "name").aggregate(
            **added,
            cost_g=clusters.count(where=n > 0),
            cost_tt=(cost * cost).sum(),
            cost_tn=(cost * n).sum(),
            cost_nn=(n * n).sum(),
            accepted_tt=(accepted * accepted).sum(),
            accepted_tn=(accepted * n).sum(),
            product=(cost * accepted).sum(),
        )

    def _timed(self, dimension: Dimension) -> Table:
        """The requests with a latency that counts: name, cluster, latency_ms."""
        timed = self._requests.filter(self._requests.latency_ms.notnull())
        return timed.select("cluster", "latency_ms", name=timed[f"cell_{dimension}"])

    def _delays(self) -> Table:
        dated = self._traces.filter(self._traces.at.notnull() & self._traces.outcome_at.notnull())
        return dated.select(week=week_of(dated.at), days=delay_days(dated))

    def _delay_quantile(self, count: int) -> float:
        """By linear interpolation between the two delays around the quantile."""
        position = (count - 1) * DELAY_PROBABILITY
        delays = self._delays()
        placed = delays.select("days", place=ibis.row_number().over(order_by=delays.days).cast("int64"))
        rows = self._rows(placed.filter(placed.place.isin(sorted({floor(position), ceil(position)}))))
        low, high = min(row["days"] for row in rows), max(row["days"] for row in rows)
        return float(low + (position - floor(position)) * (high - low))

    def _median_delays(self) -> dict[str, float]:
        """The median delay in days of each week's dated outcomes."""
        delays = self._delays()
        in_week = ibis.window(group_by=delays.week)
        placed = delays.select(
            "week",
            "days",
            place=ibis.row_number().over(group_by=delays.week, order_by=delays.days).cast("int64"),
            count=delays.count().over(in_week).cast("int64"),
        )
        # Twice the place is n - 1 in the middle of an odd number, and n - 2 and n beside that of an even one.
        middle = placed.filter((2 * placed.place - placed["count"] + 1).abs() <= 1)
        rows = self._rows(middle.group_by("week").aggregate(days=middle.days.mean()))
        return {row["week"]: float(row["days"]) for row in rows}


def _moment(value: datetime | None) -> datetime | None:
    """UTC without a zone, as everywhere past this door."""
    return None if value is None else value.replace(tzinfo=None)
