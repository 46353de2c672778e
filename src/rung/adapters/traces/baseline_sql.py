"""The SQL behind `DuckTraceSource`: a log is read once into a narrow table, then added up in steps that grow smaller.

`measured` has a row per request, `parts` one per combination of flow, segment, provider, model and week, `runs` one per
part of a cluster, `clusters` one per cluster. A part lies in exactly one cell of every dimension, so the sums over
requests of a cell are those of its parts. Most clusters lie in one cell too (a conversation keeps its flow), and those
are added up once for all dimensions; only the others are put together from their runs for each dimension.
"""

from __future__ import annotations

from collections.abc import Mapping

from rung.adapters.traces.cell_rows import RATES
from rung.evaluate.baseline.source import LARGEST_CELLS, Dimension

_WEEK = "CAST(date_trunc('week', \"at\") AS DATE)"
_NAME: dict[Dimension, str] = {
    "all": "''",
    "flow": "coalesce(flow, '')",
    "segment": "coalesce(segment, '')",
    "provider": "coalesce(provider, '')",
    "model": "coalesce(model, '')",
    "week": _WEEK,
}
_PART = "hash(flow, segment, provider, model, date_trunc('week', \"at\"))"

OVERVIEW = """
SELECT count(*) AS rows, min("at") AS first_at, max("at") AS last_at, max(greatest("at", outcome_at)) AS known_until,
       count(status) AS status_known, count("cluster") AS clustered,
       count(*) FILTER (WHERE success) AS succeeded, count(*) FILTER (WHERE NOT success) AS failed,
       count(*) FILTER (WHERE corrected) AS corrected, count(*) FILTER (WHERE NOT corrected) AS uncorrected,
       quantile_cont((epoch_us(outcome_at) - epoch_us("at")) / 86400e6, 0.95) AS delay_days_p95
FROM traces
"""
COST_MISSING = """
SELECT coalesce(model, '') AS model, count(*) AS requests FROM traces WHERE cost_usd IS NULL GROUP BY ALL
"""
COHORTS = f"""
SELECT CAST({_WEEK} AS VARCHAR) AS week, count(*) AS requests,
       count(success) AS success_known, count(*) FILTER (WHERE success) AS succeeded,
       count(corrected) AS corrected_known, count(*) FILTER (WHERE corrected) AS corrected,
       count(outcome_at) AS late_known,
       median((epoch_us(outcome_at) - epoch_us("at")) / 86400e6) AS median_delay_days
FROM traces WHERE "at" IS NOT NULL GROUP BY {_WEEK} ORDER BY week
"""


def _named(expressions: Mapping[str, str] | Mapping[Dimension, str], prefix: str = "") -> str:
    return ", ".join(f"{expression} AS {prefix}{name}" for name, expression in expressions.items())


def _cell(dimension: Dimension) -> str:
    return f"cell_{dimension}"


MEASURED = f"""
CREATE OR REPLACE TEMP TABLE measured AS
WITH told AS (
  SELECT "cluster", {_PART} AS part, status, cost_usd, success, corrected,
         coalesce(status, 'ok') = 'ok' AS answered,
         getvariable('matured_before') IS NULL OR coalesce("at" < getvariable('matured_before'), FALSE) AS old_enough,
         CASE WHEN coalesce(status, 'ok') = 'ok' THEN latency_ms END AS latency_ms,
         CASE WHEN corrected THEN getvariable('usd_per_minute')
                                  * coalesce(correction_minutes, getvariable('minutes_by_flow')[coalesce(flow, '')])
              WHEN NOT corrected OR status <> 'ok' THEN 0 END AS labour_usd
  FROM traces
), priced AS (
  SELECT *, CASE WHEN old_enough AND success IS NOT NULL THEN cost_usd END AS price,
         NOT answered AND success IS NULL AS lost
  FROM told
)
SELECT hash("cluster") AS "cluster", "cluster" IS NULL AS alone, part, latency_ms, price + labour_usd AS cost,
       CAST(status = 'error' AS TINYINT) AS error, CAST(status = 'rate_limited' AS TINYINT) AS rate_limited,
       CASE WHEN old_enough THEN CAST(success AS TINYINT) END AS success,
       CASE WHEN old_enough THEN CAST(corrected AS TINYINT) END AS corrected,
       CASE WHEN cost IS NOT NULL THEN CAST(success AS TINYINT) END AS accepted,
       CASE WHEN old_enough AND lost THEN cost_usd END AS lost_usd,
       CASE WHEN old_enough AND NOT lost AND cost_usd IS NOT NULL THEN 1 END AS carrier,
       CASE WHEN corrected AND price IS NOT NULL AND labour_usd IS NULL THEN 1 END AS unpaid
FROM priced
"""
"""Clusters and parts are known by 64 bits of hash: two of 10 million share theirs with a probability of 3 in a
million, and would then count as one. A request that names no cluster is alone."""

_SUMMED = {
    **{f"{rate}_n": f"count({rate})" for rate in RATES},
    **{f"{rate}_t": f"sum({rate})" for rate in RATES},
    "cost_n": "count(cost)",
    "cost_t": "sum(cost)",
    "cost_tt": "sum(cost * cost)",
    "accepted_t": "sum(accepted)",
    "product": "sum(cost * accepted)",
}
"""Sums over requests, by the name under which `cell_of` reads them."""
_TOLD = {
    "requests": "count(*)",
    "cost_known": "count(cost_usd)",
    "input_tokens_n": "count(input_tokens)",
    "input_tokens_t": "sum(input_tokens)",
    "output_tokens_n": "count(output_tokens)",
    "output_tokens_t": "sum(output_tokens)",
}
"""The same over the log as it is."""

PARTS = f"""
CREATE OR REPLACE TEMP TABLE parts AS
SELECT * FROM (SELECT {_PART} AS part, {_named(_NAME, "name_")}, {_named(_TOLD)} FROM traces GROUP BY ALL)
JOIN (SELECT part, count(latency_ms) AS latencies, count(unpaid) AS unpaid,
             sum(lost_usd) AS lost_usd, count(carrier) AS lost_over, {_named(_SUMMED)},
             min(cost) AS cost_least, max(cost) AS cost_most
      FROM measured GROUP BY part) USING (part)
LEFT JOIN (SELECT part, {_named(_SUMMED, "alone_")} FROM measured WHERE alone GROUP BY part) USING (part)
"""
CELLS = f"""
CREATE OR REPLACE TEMP TABLE cells AS
WITH named AS (
  {
    " UNION ALL ".join(
        f"SELECT '{one}' AS dimension, coalesce(CAST(name_{one} AS VARCHAR), '') AS name, part, requests FROM parts"
        for one in _NAME
    )
}
), ranked AS (
  SELECT dimension, name, row_number() OVER (PARTITION BY dimension ORDER BY sum(requests) DESC, name) AS cell
  FROM named GROUP BY dimension, name
)
SELECT dimension, CAST(cell AS INTEGER) AS cell, name, part, cell <= {LARGEST_CELLS} AS shown
FROM named JOIN ranked USING (dimension, name)
"""
"""Which parts each cell is made of; `cell` numbers those of a dimension from the largest on."""
PLACES = f"""
CREATE OR REPLACE TEMP TABLE places AS
SELECT part, {", ".join(f"max(cell) FILTER (WHERE dimension = '{one}') AS {_cell(one)}" for one in _NAME)}
FROM cells GROUP BY part
"""
"""The cells of each part, a column for each dimension."""

_TOTALS = (*(f"{rate}_n" for rate in RATES), *(f"{rate}_t" for rate in RATES), "cost_n", "accepted_t", "latencies")
RUNS = f"""
CREATE OR REPLACE TEMP TABLE runs AS
SELECT "cluster", part, {", ".join(f"CAST({_SUMMED[name]} AS INTEGER) AS {name}" for name in _TOTALS[:-1])},
       CAST(count(latency_ms) AS INTEGER) AS latencies, sum(cost) AS cost_t
FROM measured WHERE NOT alone GROUP BY "cluster", part
"""
CLUSTERS = f"""
CREATE OR REPLACE TEMP TABLE clusters AS
SELECT "cluster", {", ".join(f"CAST(sum({name}) AS INTEGER) AS {name}" for name in _TOTALS)}, sum(cost_t) AS cost_t,
       {", ".join(f"CASE WHEN min({one}) = max({one}) THEN min({one}) END AS {one}" for one in map(_cell, _NAME))}
FROM runs JOIN places USING (part) GROUP BY "cluster"
"""
"""All requests of a cluster; its cell is null in a dimension where they lie in several."""
_OVER_CLUSTERS = {
    **{
        f"{rate}_{name}": sql.format(n=f"CAST({rate}_n AS DOUBLE)", t=f"CAST({rate}_t AS DOUBLE)")
        for rate in RATES
        for name, sql in {
            "g": "count(*) FILTER (WHERE {n} > 0)",
            "tt": "sum({t} * {t})",
            "tn": "sum({t} * {n})",
            "nn": "sum({n} * {n})",
            "with_one": "count(*) FILTER (WHERE {t} > 0)",
            "with_zero": "count(*) FILTER (WHERE {t} < {n})",
        }.items()
    },
    "cost_g": "count(*) FILTER (WHERE cost_n > 0)",
    "cost_tt": "sum(cost_t * cost_t)",
    "cost_tn": "sum(cost_t * cost_n)",
    "cost_nn": "sum(CAST(cost_n AS DOUBLE) * cost_n)",
    "accepted_tt": "sum(CAST(accepted_t AS DOUBLE) * accepted_t)",
    "accepted_tn": "sum(CAST(accepted_t AS DOUBLE) * cost_n)",
    "product": "sum(cost_t * accepted_t)",
}
"""Sums over clusters, by the name under which `cell_of` reads them."""
WHOLE = f"""
CREATE OR REPLACE TEMP TABLE whole AS
SELECT {", ".join(_cell(one) for one in _NAME)}, {_named(_OVER_CLUSTERS)} FROM clusters GROUP BY ALL
"""
TABLES = (MEASURED, PARTS, CELLS, PLACES, RUNS, CLUSTERS, WHOLE)
"""In the order in which they are made."""


def in_cells(dimension: Dimension) -> str:
    """The parts of the largest cells of a dimension: part, cell."""
    return f"(SELECT part, cell FROM cells WHERE dimension = '{dimension}' AND shown)"


def cell_sums(dimension: Dimension) -> str:
    """A row of sums over requests for each of the largest cells, by name."""
    names = ["latencies", "unpaid", "lost_usd", "lost_over", *_TOLD, *_SUMMED, *(f"alone_{name}" for name in _SUMMED)]
    sums = ", ".join(f"CAST(coalesce(sum({name}), 0) AS DOUBLE) AS {name}" for name in names)
    return f"""
        SELECT any_value(cells.name) AS name, cell, {sums}, min(cost_least) AS cost_least, max(cost_most) AS cost_most
        FROM cells JOIN parts USING (part) WHERE dimension = '{dimension}' AND shown GROUP BY cell ORDER BY name
    """


def divided_clusters(dimension: Dimension) -> str:
    """Makes the table of the clusters that lie in several cells of this dimension: a row for each cell of each."""
    totals = ", ".join(f"CAST(sum({name}) AS INTEGER) AS {name}" for name in _TOTALS)
    return f"""
        CREATE OR REPLACE TEMP TABLE {_divided(dimension)} AS
        SELECT {_cell(dimension)} AS cell, "cluster", {totals}, sum(cost_t) AS cost_t
        FROM runs JOIN places USING (part)
        WHERE "cluster" IN (SELECT "cluster" FROM clusters WHERE {_cell(dimension)} IS NULL)
        GROUP BY cell, "cluster"
    """


def _divided(dimension: Dimension) -> str:
    return f"divided_by_{dimension}"


def cluster_sums(dimension: Dimension) -> str:
    """A row of sums over clusters for each of the largest cells that has any: cell and the names of `cell_of`.

    Clusters that lie in one cell were added up together for all dimensions.
    """
    return f"""
        SELECT cell, {", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in _OVER_CLUSTERS)} FROM (
          SELECT {_cell(dimension)} AS cell, {", ".join(_OVER_CLUSTERS)} FROM whole WHERE {_cell(dimension)} IS NOT NULL
          UNION ALL
          SELECT cell, {_named(_OVER_CLUSTERS)} FROM {_divided(dimension)} GROUP BY cell
        ) WHERE cell <= {LARGEST_CELLS} GROUP BY cell
    """


def latency_quantiles(dimension: Dimension, shares: list[float]) -> str:
    """For each of the largest cells the latencies at these shares, a list; a share lies between two ranks."""
    return f"""
        SELECT cell, quantile_disc(latency_ms, {shares!r}) AS found
        FROM measured JOIN {in_cells(dimension)} USING (part) WHERE latency_ms IS NOT NULL GROUP BY cell
    """


def above_bounds(dimension: Dimension) -> str:
    """Makes the table `above`: how many requests of a cluster lie above the bound of their cell, where any does."""
    return f"""
        CREATE OR REPLACE TEMP TABLE above AS
        SELECT cell, "cluster", count(*) AS above FROM measured JOIN {_bounded(dimension)} USING (part)
        WHERE latency_ms > bound AND NOT alone GROUP BY cell, "cluster"
    """


def latencies_within(dimension: Dimension) -> str:
    """For each cell of the table `bounds` the sums over clusters of 1{latency <= bound}, as `latency_sums` reads them.

    The sizes of clusters are known; only those in `above` hold another number of latencies within the bound.
    """
    return f"""
        WITH sized AS (
          SELECT {_cell(dimension)} AS cell, "cluster", latencies AS n FROM clusters
          UNION ALL SELECT cell, "cluster", latencies AS n FROM {_divided(dimension)}
        ), counted AS (
          SELECT cell, CAST(n AS DOUBLE) AS n, CAST(n - coalesce(above, 0) AS DOUBLE) AS t
          FROM sized LEFT JOIN above USING (cell, "cluster") WHERE n > 0 AND cell IN (SELECT cell FROM bounds)
          UNION ALL
          SELECT cell, 1 AS n, CAST(latency_ms <= bound AS DOUBLE) AS t
          FROM measured JOIN {_bounded(dimension)} USING (part) WHERE alone AND latency_ms IS NOT NULL
        )
        SELECT cell, sum(n) AS n, count(*) AS g, sum(t) AS t, sum(t * t) AS tt, sum(t * n) AS tn, sum(n * n) AS nn,
               count(*) FILTER (WHERE t > 0) AS with_one, count(*) FILTER (WHERE t < n) AS with_zero
        FROM counted GROUP BY cell
    """


def _bounded(dimension: Dimension) -> str:
    return f"(SELECT part, cell, bound FROM {in_cells(dimension)} JOIN bounds USING (cell))"
