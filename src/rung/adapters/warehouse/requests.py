"""The rows of a team's table as the columns that a baseline adds up, in Ibis expressions that every backend can run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, NumericValue, Scalar, StringValue, Table, TimestampValue

from rung.errors import InvalidData
from rung.evaluate.baseline.source import DIMENSIONS, Dimension, Labour
from rung.evidence.traces.columns import COLUMNS, STATUSES

TYPES = {"text": "string", "time": "timestamp", "count": "int64", "number": "float64", "flag": "boolean"}
Fetch = Callable[[Table], list[dict[str, Any]]]
"""Runs an expression where the rows lie and brings its result, which is small."""
LARGEST = 1e12
_NUMBER = "below 0, too large or no number"
_RULES = {"status": f"other than {', '.join(STATUSES)}", "outcome_at": "before at"}
MICROSECONDS_A_DAY = 86_400_000_000


def trace_columns(table: Table, *, name: str) -> Table:
    """The columns of a trace, in their types; a column that the table has not is null. Times without a zone are UTC.

    InvalidData where the table has none of them beside an id.
    """
    if not {column.name for column in COLUMNS if column.name != "id"} & set(table.columns):
        raise InvalidData(
            f"{name}: no column is one of a trace; make a view with columns such as at, flow, status, latency_ms, "
            "cost_usd, success and corrected"
        )
    return table.select(
        **{
            column.name: table[column.name].cast(TYPES[column.type])
            if column.name in table.columns
            else ibis.null(TYPES[column.type])
            for column in COLUMNS
        }
    )


def refuse_impossible_values(traces: Table, *, name: str, fetch: Fetch) -> None:
    """InvalidData where a row holds what no trace can: `rung ingest` has a quarantine for those, a query has none."""
    wrong = {
        column: ~((traces[column] >= 0) & (traces[column] < LARGEST)).fill_null(True)
        for column in ("latency_ms", "cost_usd", "correction_minutes", "input_tokens", "output_tokens")
    }
    wrong["status"] = ~traces.status.isin(STATUSES).fill_null(True)
    wrong["outcome_at"] = (traces.outcome_at < traces.at).fill_null(False)
    row = traces.aggregate(**{column: traces.count(where=is_wrong) for column, is_wrong in wrong.items()})
    (counts,) = rows_of(row, fetch)
    found = [f"{counts[column]:,} with {column} {_RULES.get(column, _NUMBER)}" for column in wrong if counts[column]]
    if found:
        raise InvalidData(f"{name}: rows {', '.join(found)}; correct them, or leave them out in a view")


def rows_of(expression: Table, fetch: Fetch) -> list[dict[str, Any]]:
    """The result as plain values; a sum over nothing is 0."""
    return [
        {key: 0 if value is None and not key.endswith(("_at", "_outcome")) else value for key, value in row.items()}
        for row in fetch(expression)
    ]


def fetched(expression: Table) -> list[dict[str, Any]]:
    """The rows of a result, by way of Arrow: whole numbers stay whole and nulls stay nulls."""
    rows: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
    return rows


def week_of(at: TimestampValue) -> StringValue:
    """The Monday that the week begins on, such as 2026-03-02; null for a null."""
    return at.truncate("W").strftime("%Y-%m-%d")


def delay_days(traces: Table) -> NumericValue:
    """Days from request to outcome, from whole microseconds; null where one of them has no time."""
    return (_microseconds(traces.outcome_at) - _microseconds(traces.at)) / MICROSECONDS_A_DAY


def _microseconds(moment: TimestampValue) -> NumericValue:
    """Since 1970. By way of text: not every backend extracts microseconds, and all can write them."""
    return moment.truncate("s").epoch_seconds().cast("int64") * 1_000_000 + moment.strftime("%f").cast("int64")


def measured(traces: Table, labour: Labour, matured_before: datetime | None) -> Table:
    """What counts of each request under these terms, with the name of its cell in every dimension.

    Flags are 0.0 and 1.0, null where they are not known or do not count.
    """
    failed = traces.status.isin(["error", "rate_limited"]).fill_null(False)
    old_enough: BooleanValue | Scalar = ibis.literal(True)
    if matured_before is not None:
        old_enough = (traces.at < ibis.literal(matured_before, type="timestamp")).fill_null(False)
    settled = old_enough & traces.success.notnull()
    lost = failed & traces.success.isnull()
    price, work = _when(settled, traces.cost_usd), _labour_usd(traces, labour, failed)
    cost = price + work
    return traces.select(
        **{f"cell_{one}": _name(traces, one) for one in DIMENSIONS},
        cluster=traces["cluster"],
        latency_ms=_when(~failed, traces.latency_ms),
        cost_known=flag(traces.cost_usd.notnull()),
        input_tokens=traces.input_tokens.cast("float64"),
        output_tokens=traces.output_tokens.cast("float64"),
        error=flag(traces.status == "error"),
        rate_limited=flag(traces.status == "rate_limited"),
        success=_when(old_enough, flag(traces.success)),
        corrected=_when(old_enough, flag(traces.corrected)),
        cost=cost,
        unpaid=flag(traces.corrected.fill_null(False) & price.notnull() & work.isnull()),
        accepted=_when(cost.notnull(), flag(traces.success)),
        lost_usd=_when(old_enough & lost, traces.cost_usd),
        lost_over=flag(old_enough & ~lost & traces.cost_usd.notnull()),
    )


def _name(traces: Table, dimension: Dimension) -> StringValue:
    if dimension == "all":
        return ibis.literal("")
    said = week_of(traces.at) if dimension == "week" else traces[dimension]
    return said.fill_null("")


def _labour_usd(traces: Table, labour: Labour, failed: BooleanValue) -> NumericValue:
    nothing = ibis.null("float64")
    wage = labour.wage_usd_per_hour
    stated = [
        (traces.flow == flow, ibis.literal(minutes, "float64")) for flow, minutes in labour.minutes_by_flow.items()
    ]
    by_flow = ibis.cases(*stated, else_=nothing) if stated else nothing
    minutes = traces.correction_minutes.fill_null(by_flow)
    return ibis.cases(
        (traces.corrected.fill_null(False), nothing if wage is None else minutes * (wage / 60)),
        (~traces.corrected | failed, ibis.literal(0.0, "float64")),
        else_=nothing,
    )


def _when(condition: BooleanValue | Scalar, value: NumericValue) -> NumericValue:
    return ibis.ifelse(condition, value, ibis.null("float64"))


def flag(value: BooleanValue) -> NumericValue:
    """1.0, 0.0 or null."""
    return ibis.cases(
        (value, ibis.literal(1.0, "float64")), (~value, ibis.literal(0.0, "float64")), else_=ibis.null("float64")
    )


def by_cell(requests: Table, *columns: str) -> Table:
    """Each request once for every dimension: `dimension`, the `name` of its cell there, and these columns."""
    return ibis.union(
        *(
            requests.select(
                dimension=ibis.literal(one), name=requests[f"cell_{one}"], **{name: requests[name] for name in columns}
            )
            for one in DIMENSIONS
        )
    )
