"""Implements `TraceSource` with DuckDB: every figure of the baseline from a few scans of the columns it needs.

Counts and sums of the finest parts (flow, segment, model and week together) are made once and rolled up, because
they add. Sums over clusters do not, and are made for each dimension. Order statistics come from `quantile_disc` at
(rank - 1/2) / n, which is the value at that rank without any rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rung.adapters.traces.cell_rows import RATES, Row, cell_of, latency_sums
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

_COLUMN: dict[Dimension, str] = {
    "all": "''",
    "flow": "flow",
    "segment": "segment",
    "provider": "provider",
    "model": "model",
    "week": "week",
}
_MEASURED = """
CREATE OR REPLACE TEMP VIEW measured AS
WITH told AS (
  SELECT cluster, coalesce(flow, '') AS flow, coalesce(segment, '') AS segment,
         coalesce(provider, '') AS provider, coalesce(model, '') AS model,
         coalesce(CAST(CAST(date_trunc('week', "at") AS DATE) AS VARCHAR), '') AS week, coalesce(status, 'ok') = 'ok' AS answered, status, cost_usd,
         getvariable('matured_before') IS NULL OR "at" < getvariable('matured_before') AS old_enough,
         input_tokens, output_tokens, success, corrected, CASE WHEN coalesce(status, 'ok') = 'ok' THEN latency_ms END AS latency_ms,
         CASE WHEN corrected THEN getvariable('usd_per_minute')
                                  * coalesce(correction_minutes, getvariable('minutes_by_flow')[coalesce(flow, '')])
              WHEN corrected = FALSE OR status <> 'ok' THEN 0 END AS labour_usd
  FROM traces
)
SELECT cluster, flow, segment, provider, model, week, latency_ms, cost_usd, input_tokens, output_tokens,
       CAST(status = 'error' AS INTEGER) AS error, CAST(status = 'rate_limited' AS INTEGER) AS rate_limited,
       CASE WHEN old_enough THEN CAST(success AS INTEGER) END AS success,
       CASE WHEN old_enough THEN CAST(corrected AS INTEGER) END AS corrected,
       CASE WHEN old_enough AND (success IS NOT NULL OR NOT answered) THEN cost_usd + labour_usd END AS cost,
       CASE WHEN old_enough AND (success IS NOT NULL OR NOT answered) AND cost_usd + labour_usd IS NOT NULL
            THEN CAST(coalesce(success, FALSE) AS INTEGER) END AS accepted
FROM told
"""
_ADDED = [
    ("requests", "count(*)"),
    ("latencies", "count(latency_ms)"),
    ("cost_known", "count(cost_usd)"),
    ("input_tokens_n", "count(input_tokens)"),
    ("input_tokens_t", "sum(input_tokens)"),
    ("output_tokens_n", "count(output_tokens)"),
    ("output_tokens_t", "sum(output_tokens)"),
    *((f"{rate}_n", f"count({rate})") for rate in RATES),
    *((f"{rate}_t", f"sum({rate})") for rate in RATES),
    ("cost_n", "count(cost)"),
    ("cost_t", "sum(cost)"),
    ("cost_tt", "sum(cost * cost)"),
    ("accepted_t", "sum(accepted)"),
    ("product", "sum(cost * accepted)"),
]
"""Sums over requests, by the name under which `cell_of` reads them."""
_ALONE = [name for name, _ in _ADDED if name.startswith((*RATES, "cost_n", "cost_t", "accepted", "product"))]
"""Those that are also added up over the requests that name no cluster: each of these is a cluster of its own."""


class DuckTraceSource:
    """The rows of the view `traces` (columns of `evidence/traces/columns.py`) on an open connection."""

    def __init__(self, connection: DuckDBPyConnection, *, name: str) -> None:
        """`name` says to people where the rows lie. The view must not change while the source is used."""
        self._connection = connection
        self._name = name
        self._latencies: dict[tuple[Dimension, str], int] = {}

    @property
    def name(self) -> str:
        """Where the rows lie."""
        return self._name

    def overview(self) -> Overview:
        """The log as a whole."""
        (row,) = self._rows(
            """SELECT count(*) AS rows, min("at") AS first_at, max("at") AS last_at,
                      max(greatest("at", coalesce(outcome_at, "at"))) AS known_until, count(status) AS status_known, count(cluster) AS clustered,
                      count(*) FILTER (WHERE success) AS succeeded, count(*) FILTER (WHERE NOT success) AS failed,
                      count(*) FILTER (WHERE corrected) AS corrected,
                      count(*) FILTER (WHERE NOT corrected) AS uncorrected,
                      quantile_cont((epoch_us(outcome_at) - epoch_us("at")) / 86400e6, 0.95) AS delay_days_p95
               FROM traces"""
        )
        missing = self._rows(
            "SELECT coalesce(model, '') AS model, count(*) AS requests FROM traces WHERE cost_usd IS NULL GROUP BY ALL"
        )
        return Overview(**row, cost_missing={one["model"]: one["requests"] for one in missing})

    def cells(
        self, *, labour: Labour, matured_before: datetime | None
    ) -> Mapping[Dimension, tuple[tuple[CellSums, ...], int]]:
        """For each dimension its largest cells, by name, and how many were left out."""
        self._measure(labour, matured_before)
        (clustered,) = self._rows("SELECT count(cluster) > 0 AS any FROM traces")
        self._add_up(alone=clustered["any"])
        found: dict[Dimension, tuple[tuple[CellSums, ...], int]] = {}
        for dimension in DIMENSIONS:
            rows, left_out = self._largest(dimension)
            if all(row["name"] == "" for row in rows) and dimension != "all":
                continue
            over_clusters = self._over_clusters(dimension) if clustered["any"] else {}
            cells = tuple(cell_of(row, over_clusters.get(row["name"])) for row in rows)
            self._latencies.update({(dimension, cell.name): cell.latencies for cell in cells})
            found[dimension] = (cells, left_out)
        return found

    def order_statistics(self, dimension: Dimension, ranks: Mapping[str, Sequence[int]]) -> dict[str, dict[int, float]]:
        """For each named cell, the latency in ms at each of the ranks."""
        places = {
            name: {rank: (rank - 0.5) / self._latencies[dimension, name] for rank in wanted}
            for name, wanted in ranks.items()
        }
        shares = sorted({share for of_cell in places.values() for share in of_cell.values()})
        position = {share: index for index, share in enumerate(shares)}
        rows = self._rows(
            f"""SELECT CAST({_COLUMN[dimension]} AS VARCHAR) AS name, quantile_disc(latency_ms, {shares!r}) AS found
                FROM measured WHERE latency_ms IS NOT NULL GROUP BY ALL"""
        )
        values = {row["name"]: row["found"] for row in rows}
        return {
            name: {rank: float(values[name][position[share]]) for rank, share in of_cell.items()}
            for name, of_cell in places.items()
        }

    def latency_at_most(self, dimension: Dimension, bounds_ms: Mapping[str, float]) -> dict[str, ClusterSums]:
        """For each named cell, the sums of 1{latency <= its bound}."""
        self._connection.execute("CREATE OR REPLACE TEMP TABLE bounds (name VARCHAR, bound DOUBLE)")
        self._connection.executemany("INSERT INTO bounds VALUES (?, ?)", [list(pair) for pair in bounds_ms.items()])
        rows = self._rows(
            f"""WITH timed AS (
                  SELECT name, cluster, CAST(latency_ms <= bound AS INTEGER) AS below
                  FROM (SELECT CAST({_COLUMN[dimension]} AS VARCHAR) AS name, cluster, latency_ms FROM measured
                        WHERE latency_ms IS NOT NULL) JOIN bounds USING (name)
                ), clusters AS (
                  SELECT name, count(*) AS n, CAST(sum(below) AS DOUBLE) AS t FROM timed
                  WHERE cluster IS NOT NULL GROUP BY name, cluster
                  UNION ALL SELECT name, 1 AS n, below AS t FROM timed WHERE cluster IS NULL
                )
                SELECT name, sum(n) AS n, count(*) AS g, sum(t) AS t, sum(t * t) AS tt, sum(t * n) AS tn,
                       sum(n * n) AS nn, count(*) FILTER (WHERE t > 0) AS with_one,
                       count(*) FILTER (WHERE t < n) AS with_zero
                FROM clusters GROUP BY name"""
        )
        return {row["name"]: latency_sums(row) for row in rows}

    def cohorts(self) -> tuple[CohortCounts, ...]:
        """One per week of exposure, in order."""
        rows = self._rows(
            """SELECT CAST(CAST(date_trunc('week', "at") AS DATE) AS VARCHAR) AS week, count(*) AS requests,
                      count(success) AS success_known, count(*) FILTER (WHERE success) AS succeeded,
                      count(corrected) AS corrected_known, count(*) FILTER (WHERE corrected) AS corrected,
                      count(outcome_at) AS late_known,
                      median((epoch_us(outcome_at) - epoch_us("at")) / 86400e6) AS median_delay_days
               FROM traces WHERE "at" IS NOT NULL GROUP BY week ORDER BY week"""
        )
        return tuple(CohortCounts(**row) for row in rows)

    def _measure(self, labour: Labour, matured_before: datetime | None) -> None:
        """The view `measured`: what counts of each row, under these terms."""
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
        self._connection.execute(_MEASURED)

    def _add_up(self, *, alone: bool) -> None:
        """The table `parts`: sums of the finest parts; `alone` adds those of requests without a cluster."""
        columns = [f"{expression} AS {name}" for name, expression in _ADDED]
        if alone:
            columns += [
                f"{expression} FILTER (WHERE cluster IS NULL) AS alone_{name}"
                for name, expression in _ADDED
                if name in _ALONE
            ]
        columns += ["min(cost) AS cost_least", "max(cost) AS cost_most"]
        self._connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE parts AS
                SELECT flow, segment, provider, model, week, {", ".join(columns)} FROM measured GROUP BY ALL"""
        )

    def _largest(self, dimension: Dimension) -> tuple[list[Row], int]:
        """The rolled-up sums of the largest cells by name, and how many smaller ones there are."""
        (first, *_) = self._rows("SELECT * FROM parts LIMIT 1") or [{}]
        added = [name for name in first if name not in {*_COLUMN, "cost_least", "cost_most"}]
        columns = [f"CAST(coalesce(sum({name}), 0) AS DOUBLE) AS {name}" for name in added]
        rows = self._rows(
            f"""SELECT CAST({_COLUMN[dimension]} AS VARCHAR) AS name, {", ".join(columns)},
                       min(cost_least) AS cost_least, max(cost_most) AS cost_most
                FROM parts GROUP BY 1 ORDER BY requests DESC, name"""
        )
        return sorted(rows[:LARGEST_CELLS], key=lambda row: str(row["name"])), max(0, len(rows) - LARGEST_CELLS)

    def _over_clusters(self, dimension: Dimension) -> dict[str, Row]:
        """Sums over the clusters of each cell, by its name."""
        inner = [f"count({rate}) AS {rate}_n, CAST(sum({rate}) AS DOUBLE) AS {rate}_t" for rate in RATES]
        outer = [
            f"""count(*) FILTER (WHERE {rate}_n > 0) AS {rate}_g, sum({rate}_t * {rate}_t) AS {rate}_tt,
                sum({rate}_t * {rate}_n) AS {rate}_tn, sum(CAST({rate}_n AS DOUBLE) * {rate}_n) AS {rate}_nn,
                count(*) FILTER (WHERE {rate}_t > 0) AS {rate}_with_one,
                count(*) FILTER (WHERE {rate}_t < {rate}_n) AS {rate}_with_zero"""
            for rate in RATES
        ]
        rows = self._rows(
            f"""SELECT name, {", ".join(outer)},
                       count(*) FILTER (WHERE cost_n > 0) AS cost_g, sum(cost_t * cost_t) AS cost_tt,
                       sum(cost_t * cost_n) AS cost_tn, sum(CAST(cost_n AS DOUBLE) * cost_n) AS cost_nn,
                       sum(accepted_t * accepted_t) AS accepted_tt, sum(accepted_t * cost_n) AS accepted_tn,
                       sum(cost_t * accepted_t) AS product
                FROM (SELECT CAST({_COLUMN[dimension]} AS VARCHAR) AS name, {", ".join(inner)}, count(cost) AS cost_n,
                             sum(cost) AS cost_t, CAST(sum(accepted) AS DOUBLE) AS accepted_t
                      FROM measured WHERE cluster IS NOT NULL GROUP BY 1, cluster)
                GROUP BY name"""
        )
        return {row["name"]: {key: value or 0 for key, value in row.items()} for row in rows}

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        result = self._connection.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
