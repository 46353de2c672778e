"""The four metrics as an analyst would ask DuckDB for them: by flow, segment, provider, model and week, with intervals.

Written from the definitions and without rung's SQL. Only the closed formulas on the resulting sums are `rung.stats`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb

from rung.estimate import LEVEL
from rung.evaluate.baseline import Dimension
from rung.stats import ClusterSums, Interval, effective_from_sums, quantile_ranks, ratio_from_sums, share_from_sums

Figures = dict[tuple[Dimension, str], dict[str, Interval]]
DIMENSIONS: tuple[Dimension, ...] = ("flow", "segment", "provider", "model", "week")
RATES = {"error_rate": "error", "task_success": "success", "correction_rate": "corrected"}

REQUESTS = """
CREATE TEMP VIEW requests AS
SELECT flow, segment, provider, model, CAST(date_trunc('week', "at") AS DATE) AS week, "cluster",
       CASE WHEN status = 'ok' THEN latency_ms END AS latency, CAST(status = 'error' AS INTEGER) AS error,
       CASE WHEN old THEN CAST(success AS INTEGER) END AS success,
       CASE WHEN old THEN CAST(corrected AS INTEGER) END AS corrected,
       CASE WHEN old AND success IS NOT NULL THEN cost_usd + labour END AS cost,
       CASE WHEN old AND cost_usd + labour IS NOT NULL THEN CAST(success AS INTEGER) END AS won,
       CASE WHEN old AND status <> 'ok' AND success IS NULL THEN cost_usd END AS lost,
       CASE WHEN old AND NOT (status <> 'ok' AND success IS NULL) THEN cost_usd END AS carrying
FROM (SELECT *, "at" < getvariable('cut') AS old,
             CASE WHEN corrected
                  THEN 0.5 * coalesce(correction_minutes, CASE flow WHEN 'web' THEN 4 WHEN 'mail' THEN 6 ELSE 3 END)
                  WHEN NOT corrected OR status <> 'ok' THEN 0 END AS labour
      FROM traces)
"""
"""`lost`: what failed requests cost of which nobody says what became. It is spread over the others, which carry it."""
SETS = "GROUP BY GROUPING SETS ((), (flow), (segment), (provider), (model), (week))"
WHICH = "flow, segment, provider, model, week, grouping(flow, segment, provider, model, week) AS which"


def by_hand(connection: duckdb.DuckDBPyConnection) -> Figures:
    """The interval of every metric and of the error rate, in every cell."""
    clustered = _overview(connection)
    connection.execute(REQUESTS)
    _cohorts(connection)
    return _clustered(connection) if clustered else _independent(connection)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _overview(connection: duckdb.DuckDBPyConnection) -> bool:
    (row,) = _rows(
        connection,
        """SELECT count(*) AS n, min("at"), max("at"), count("cluster") AS clustered, count(status),
                  count(*) FILTER (success), count(*) FILTER (NOT success),
                  count(*) FILTER (corrected), count(*) FILTER (NOT corrected),
                  max(greatest("at", outcome_at)) AS latest,
                  quantile_cont((epoch_us(outcome_at) - epoch_us("at")) / 86400e6, 0.95) AS delay
           FROM traces""",
    )
    _rows(connection, "SELECT model, count(*) FROM traces WHERE cost_usd IS NULL GROUP BY model")
    connection.execute(
        "SET VARIABLE cut = (SELECT CAST(? AS TIMESTAMP) - to_microseconds(CAST(round(? * 86400e6) AS BIGINT)))",
        [row["latest"], row["delay"]],
    )
    return bool(row["clustered"])


def _cohorts(connection: duckdb.DuckDBPyConnection) -> None:
    _rows(
        connection,
        """SELECT date_trunc('week', "at") AS week, count(*), count(success), count(*) FILTER (success),
                  count(corrected), count(*) FILTER (corrected), count(outcome_at),
                  median((epoch_us(outcome_at) - epoch_us("at")) / 86400e6)
           FROM traces GROUP BY week ORDER BY week""",
    )


def _cell(row: dict[str, Any]) -> tuple[Dimension, str]:
    """Which cell a row of GROUPING SETS is: a bit is 0 for the column that was grouped by."""
    for place, dimension in enumerate(DIMENSIONS):
        if not row["which"] >> (len(DIMENSIONS) - 1 - place) & 1:
            return dimension, str(row[dimension])
    return "all", ""


SUMS = ", ".join(f"count({rate}) AS {rate}_n, sum({rate}) AS {rate}_t" for rate in RATES.values())


def _independent(connection: duckdb.DuckDBPyConnection) -> Figures:
    rows = _rows(
        connection,
        f"""SELECT {WHICH}, count(*), count(latency) AS timed, {SUMS}, count(cost) AS paid, sum(cost) AS cost,
                   sum(cost * cost) AS cost_square, sum(won) AS won, sum(cost * won) AS product,
                   sum(lost) / count(carrying) AS more
            FROM requests {SETS}""",
    )
    places = {_cell(row): quantile_ranks(row["timed"], 0.95, level=LEVEL) for row in rows}
    counts = {_cell(row): row["timed"] for row in rows}
    latencies = _quantiles(connection, places, counts)
    found: Figures = {}
    for row in rows:
        shares = {
            name: share_from_sums(_alone(row[f"{rate}_n"], row[f"{rate}_t"], row[f"{rate}_t"]), level=LEVEL)
            for name, rate in RATES.items()
        }
        ratio = ratio_from_sums(
            replace(_alone(row["paid"], row["cost"], row["cost_square"]), centre=row["more"] or 0.0),
            _alone(row["paid"], row["won"], row["won"]),
            cluster_product=row["product"],
            level=LEVEL,
        )
        found[_cell(row)] = {**shares, "cost_per_success_usd": ratio, "latency_p95_ms": latencies[_cell(row)]}
    return found


def _alone(n: int, total: float, square: float) -> ClusterSums:
    """Every request a cluster of its own."""
    return ClusterSums(n, n, total, square, square, total, n, int(min(total, n - total)) if square == total else n)


def _quantiles(
    connection: duckdb.DuckDBPyConnection,
    places: dict[tuple[Dimension, str], tuple[int | None, int | None, str]],
    counts: dict[tuple[Dimension, str], int],
) -> dict[tuple[Dimension, str], Interval]:
    """The p95, interpolated from the two values around it, and the values at both ranks.

    A query for each dimension: GROUPING SETS would hold the latencies of all dimensions at once.
    """
    found = {}
    for dimension in ("all", *DIMENSIONS):
        wanted = {}
        for cell, (low, high, _) in places.items():
            if cell[0] == dimension:
                position = (counts[cell] - 1) * 0.95
                ranks = (int(position) + 1, min(int(position) + 2, counts[cell]), low or 1, high or counts[cell])
                wanted[cell[1]] = (position - int(position), [(rank - 0.5) / counts[cell] for rank in ranks])
        shares = sorted({share for _, of_cell in wanted.values() for share in of_cell})
        name = "''" if dimension == "all" else f"CAST({dimension} AS VARCHAR)"
        query = f"SELECT {name} AS name, quantile_disc(latency, {shares}) AS found FROM requests GROUP BY name"
        for row in _rows(connection, query):
            between, of_cell = wanted[row["name"]]
            below, above, low_end, high_end = (row["found"][shares.index(share)] for share in of_cell)
            found[dimension, row["name"]] = Interval(below + between * (above - below), low_end, high_end)
    return found


def _clustered(connection: duckdb.DuckDBPyConnection) -> Figures:
    found: Figures = {}
    for dimension in ("all", *DIMENSIONS):
        name = "''" if dimension == "all" else f"CAST({dimension} AS VARCHAR)"
        p95 = _rows(
            connection, f"SELECT {name} AS name, quantile_cont(latency, 0.95) AS p95 FROM requests GROUP BY name"
        )
        bound = " ".join(f"WHEN '{row['name']}' THEN {row['p95']!r}" for row in p95)
        rows = _rows(connection, _over_clusters(name, bound))
        below = {row["name"]: _sums(row, "below") for row in rows}
        ranks = {
            row["name"]: quantile_ranks(
                below[row["name"]].n,
                0.95,
                level=LEVEL,
                effective=effective_from_sums(below[row["name"]]),
                clusters=below[row["name"]].clusters,
            )
            for row in rows
        }
        ends = _ends(connection, name, ranks, {one: sums.n for one, sums in below.items()})
        middle = {row["name"]: row["p95"] for row in p95}
        for row in rows:
            low, high = ends[row["name"]]
            cost = replace(_sums(row, "cost"), centre=row["more"] or 0.0)
            ratio = ratio_from_sums(cost, _sums(row, "won"), cluster_product=row["product"], level=LEVEL)
            found[dimension, row["name"]] = {
                **{one: share_from_sums(_sums(row, rate), level=LEVEL) for one, rate in RATES.items()},
                "cost_per_success_usd": ratio,
                "latency_p95_ms": Interval(middle[row["name"]], low, high),
            }
    return found


MEASURES = (*RATES.values(), "below", "cost", "won")


def _over_clusters(name: str, bound: str) -> str:
    inner = ", ".join(f"count({one}) AS {one}_n, CAST(sum({one}) AS DOUBLE) AS {one}_t" for one in MEASURES)
    outer = ", ".join(
        f"""sum({one}_n) AS {one}_n, count(*) FILTER ({one}_n > 0) AS {one}_g, sum({one}_t) AS {one}_t,
            sum({one}_t * {one}_t) AS {one}_tt, sum({one}_t * {one}_n) AS {one}_tn,
            sum(CAST({one}_n AS DOUBLE) * {one}_n) AS {one}_nn, count(*) FILTER ({one}_t > 0) AS {one}_ones,
            count(*) FILTER ({one}_t < {one}_n) AS {one}_zeros"""
        for one in MEASURES
    )
    return f"""
        SELECT name, {outer}, sum(squares) AS cost_square, sum(cost_t * won_t) AS product,
               sum(lost) / sum(carrying) AS more
        FROM (SELECT {name} AS name, "cluster", {inner}, sum(cost * cost) AS squares, sum(lost) AS lost,
                     count(carrying) AS carrying
              FROM (SELECT *, CAST(latency <= CASE {name} {bound} END AS INTEGER) AS below FROM requests)
              GROUP BY ALL)
        GROUP BY name"""


def _sums(row: dict[str, Any], one: str) -> ClusterSums:
    n, total = int(row[f"{one}_n"]), row[f"{one}_t"]
    return ClusterSums(
        n=n,
        clusters=row[f"{one}_g"],
        total=total,
        total_square=row["cost_square"] if one == "cost" else total,
        cluster_square=row[f"{one}_tt"],
        cluster_cross=row[f"{one}_tn"],
        size_square=row[f"{one}_nn"],
        carriers=row[f"{one}_g"] if one == "cost" else row[f"{one}_zeros"] if 2 * total > n else row[f"{one}_ones"],
    )


def _ends(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    ranks: dict[str, tuple[int | None, int | None, str]],
    counts: dict[str, int],
) -> dict[str, tuple[float, float]]:
    wanted = {one: [((rank or 1) - 0.5) / counts[one] for rank in (low, high)] for one, (low, high, _) in ranks.items()}
    shares = sorted({share for of_cell in wanted.values() for share in of_cell})
    rows = _rows(
        connection, f"SELECT {name} AS name, quantile_disc(latency, {shares}) AS found FROM requests GROUP BY name"
    )
    return {
        row["name"]: (
            row["found"][shares.index(wanted[row["name"]][0])],
            row["found"][shares.index(wanted[row["name"]][1])],
        )
        for row in rows
    }
