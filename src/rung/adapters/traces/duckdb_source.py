"""Implements `TraceSource` with DuckDB: the log is read a few times, column by column, and never leaves the database.

Order statistics come from `quantile_disc` at (rank - 1/2) / n, which is the value at that rank without any rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rung.adapters.traces import baseline_sql as sql
from rung.adapters.traces.cell_rows import cell_of, latency_sums
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

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DuckTraceSource:
    """The rows of the view `traces` (columns of `evidence/traces/columns.py`) on an open connection."""

    def __init__(self, connection: DuckDBPyConnection, *, name: str) -> None:
        """`name` says to people where the rows lie. The view must not change while the source is used."""
        self._connection = connection
        self._name = name
        self._cells: dict[Dimension, dict[str, int]] = {}
        self._latencies: dict[tuple[Dimension, str], int] = {}

    @property
    def name(self) -> str:
        """Where the rows lie."""
        return self._name

    def overview(self) -> Overview:
        """The log as a whole."""
        (row,) = self._rows(sql.OVERVIEW)
        missing = {one["model"]: one["requests"] for one in self._rows(sql.COST_MISSING)}
        return Overview(**row, cost_missing=missing)

    def cells(
        self, *, labour: Labour, matured_before: datetime | None
    ) -> Mapping[Dimension, tuple[tuple[CellSums, ...], int]]:
        """For each dimension its largest cells, by name, and how many were left out."""
        self._measure(labour, matured_before)
        found: dict[Dimension, tuple[tuple[CellSums, ...], int]] = {}
        for dimension in DIMENSIONS:
            rows = self._rows(sql.cell_sums(dimension))
            if not rows or (dimension != "all" and all(row["name"] == "" for row in rows)):
                continue
            self._connection.execute(sql.divided_clusters(dimension))
            over_clusters = {row["cell"]: row for row in self._rows(sql.cluster_sums(dimension))}
            cells = tuple(cell_of(row, over_clusters.get(row["cell"])) for row in rows)
            self._cells[dimension] = {row["name"]: row["cell"] for row in rows}
            self._latencies.update({(dimension, cell.name): cell.latencies for cell in cells})
            found[dimension] = (cells, self._left_out(dimension))
        return found

    def order_statistics(self, dimension: Dimension, ranks: Mapping[str, Sequence[int]]) -> dict[str, dict[int, float]]:
        """For each named cell, the latency in ms at each of the ranks."""
        places = {
            name: {rank: (rank - 0.5) / self._latencies[dimension, name] for rank in wanted}
            for name, wanted in ranks.items()
        }
        shares = sorted({share for of_cell in places.values() for share in of_cell.values()})
        if not shares:
            return {name: {} for name in ranks}
        position = {share: index for index, share in enumerate(shares)}
        values = {row["cell"]: row["found"] for row in self._rows(sql.latency_quantiles(dimension, shares))}
        return {
            name: {
                rank: float(values[self._cells[dimension][name]][position[share]]) for rank, share in of_cell.items()
            }
            for name, of_cell in places.items()
        }

    def latency_at_most(self, dimension: Dimension, bounds_ms: Mapping[str, float]) -> dict[str, ClusterSums]:
        """For each named cell, the sums of 1{latency <= its bound}."""
        names = {self._cells[dimension][name]: name for name in bounds_ms}
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE bounds AS SELECT unnest(CAST(? AS INTEGER[])) AS cell, "
            "unnest(CAST(? AS DOUBLE[])) AS bound",
            [list(names), [bounds_ms[name] for name in names.values()]],
        )
        self._connection.execute(sql.above_bounds(dimension))
        return {names[row["cell"]]: latency_sums(row) for row in self._rows(sql.latencies_within(dimension))}

    def cohorts(self) -> tuple[CohortCounts, ...]:
        """One per week of exposure, in order."""
        return tuple(CohortCounts(**row) for row in self._rows(sql.COHORTS))

    def _measure(self, labour: Labour, matured_before: datetime | None) -> None:
        """The tables that the other queries read: what counts of each row under these terms, and its sums."""
        wage = labour.wage_usd_per_hour
        minutes = labour.minutes_by_flow
        self._connection.execute("SET VARIABLE matured_before = CAST(? AS TIMESTAMP)", [matured_before])
        self._connection.execute(
            "SET VARIABLE usd_per_minute = CAST(? AS DOUBLE)", [None if wage is None else wage / 60]
        )
        self._connection.execute(
            "SET VARIABLE minutes_by_flow = MAP(CAST(? AS VARCHAR[]), CAST(? AS DOUBLE[]))",
            [list(minutes), list(minutes.values())],
        )
        for statement in sql.TABLES:
            self._connection.execute(statement)
        self._cells.clear()
        self._latencies.clear()

    def _left_out(self, dimension: Dimension) -> int:
        ((cells,),) = self._connection.execute(
            "SELECT max(cell) FROM cells WHERE dimension = ?", [dimension]
        ).fetchall()
        return max(0, int(cells) - LARGEST_CELLS)

    def _rows(self, query: str) -> list[dict[str, Any]]:
        result = self._connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
