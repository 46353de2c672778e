"""What every source of traces must do: each figure of the baseline equals what the array functions give on the rows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from math import isclose
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import ibis
import numpy as np
import psycopg
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from rung.adapters.traces.duckdb_source import DuckTraceSource
from rung.adapters.warehouse import open_warehouse
from rung.adapters.warehouse.ibis_source import IbisTraceSource
from rung.adapters.warehouse.requests import trace_columns
from rung.estimate import LEVEL, Estimate, Figure, Missing
from rung.evaluate.baseline import DIMENSIONS, CellFigures, Dimension, Labour, TraceSource, baseline
from rung.evaluate.baseline.source import LARGEST_CELLS
from rung.evidence.traces.columns import COLUMNS
from rung.stats import Interval, cluster_sums, clustered_wilson, fieller, quantile_interval
from rung.task.task import WarehouseChoice

# Ibis calls DuckDB by a name that DuckDB 2 is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

Row = dict[str, Any]
Open = Callable[[Sequence[Row]], TraceSource]
MONDAY = datetime.fromisoformat("2026-03-02")
LABOUR = Labour(30.0, {"web": 4.0, "mail": 2.5})


ARROW_TYPES = {
    "text": pa.string(), "time": pa.timestamp("us"), "count": pa.int64(), "number": pa.float64(), "flag": pa.bool_()
}  # fmt: skip
SCHEMA = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in COLUMNS])


@contextmanager
def duckdb_table(rows: Sequence[Row]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.register("given", arrow_table(rows))
        connection.execute("CREATE TABLE traces AS SELECT * FROM given")
        yield connection


def arrow_table(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


@pytest.fixture
def duckdb_source() -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda rows: DuckTraceSource(stack.enter_context(duckdb_table(rows)), name="test")


@pytest.fixture
def ibis_duckdb_source() -> Iterator[Open]:
    with ExitStack() as stack:

        def open_source(rows: Sequence[Row]) -> TraceSource:
            connection = stack.enter_context(duckdb_table(rows))
            return source_over(ibis.duckdb.from_connection(connection).table("traces"))

        yield open_source


@pytest.fixture
def ibis_postgres_source(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """By way of the door: the table is written by one connection and read, read-only, by another."""
    monkeypatch.setenv("TRACES_URL", postgres_url)
    with ExitStack() as stack:

        def open_source(rows: Sequence[Row]) -> TraceSource:
            table = f"traces_{uuid4().hex}"
            writer = ibis.postgres.from_connection(
                stack.enter_context(psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True))
            )
            writer.create_table(table, arrow_table(rows))
            stack.callback(lambda: writer.raw_sql(f"DROP TABLE {table}").close())
            return stack.enter_context(open_warehouse(WarehouseChoice("TRACES_URL", f"public.{table}"), os.environ))

        yield open_source


@pytest.fixture
def ibis_spark_source(spark: Any, tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_source(rows: Sequence[Row]) -> TraceSource:
            path = tmp_path / "traces.parquet"
            parquet.write_table(arrow_table(rows), path)
            choice = WarehouseChoice("TRACES_URL", str(path))
            return stack.enter_context(open_warehouse(choice, {"TRACES_URL": "local[2]"}))

        yield open_source


def source_over(table: ibis.Table) -> TraceSource:
    return IbisTraceSource(trace_columns(table, name="traces"), name="test")


SOURCES = [
    pytest.param("duckdb_source", id="duckdb"),
    pytest.param("ibis_duckdb_source", id="ibis on duckdb"),
    pytest.param("ibis_postgres_source", id="ibis on postgresql", marks=pytest.mark.xdist_group("postgresql")),
]
SPARK = pytest.param("ibis_spark_source", id="ibis on spark", marks=pytest.mark.xdist_group("spark"))


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Open:
    """Opens a source over these rows."""
    found: Open = request.getfixturevalue(request.param)
    return found


# Rows


def drawn(seed: int, n: int, *, known: float = 0.7, timed: bool = True, **columns: Any) -> list[Row]:
    """`n` random rows in which every column is null now and then; `columns` replaces some: a value or a function.

    `timed`: where no flow states how long a correction takes, the row does.
    """
    rng = np.random.default_rng(seed)

    def pick(*values: Any) -> Any:
        return values[int(rng.integers(len(values)))] if rng.random() < known else None

    rows = []
    for number in range(n):
        at = MONDAY + timedelta(days=float(rng.integers(0, 30)), microseconds=float(rng.integers(0, 86_400_000_000)))
        row: Row = {
            "id": f"r{number}",
            "at": pick(at),
            "flow": pick("web", "mail", "it's"),
            "segment": pick("routine", "edge"),
            "cluster": pick(*(f"c{one}" for one in range(max(1, n // 4)))),
            "provider": pick("openai", "self"),
            "model": pick("a", "b", ""),
            "input_tokens": pick(int(rng.integers(0, 900))),
            "output_tokens": pick(int(rng.integers(0, 90))),
            "latency_ms": pick(float(rng.lognormal(6, 1)), 250.0, 900.0),
            "status": pick("ok", "ok", "ok", "ok", "error", "rate_limited"),
            "cost_usd": pick(float(rng.gamma(2.0, 0.01)), 0.0),
            "success": pick(True, True, False),
            "corrected": pick(True, False, False),
            "correction_minutes": pick(float(rng.gamma(2.0, 2.0))),
            "outcome_at": pick(at + timedelta(seconds=float(rng.exponential(2 * 86_400)))),
        }
        for name, value in columns.items():
            row[name] = value(row, rng) if callable(value) else value
        if timed and row["flow"] not in LABOUR.minutes_by_flow and row["correction_minutes"] is None:
            row["correction_minutes"] = 3.0
        rows.append(row)
    return rows


CASES: dict[str, list[Row]] = {
    "nulls in every column": drawn(1, 400),
    "corrections of unknown length": drawn(29, 200, timed=False),
    "everything known": drawn(2, 300, known=1.0),
    "no cluster": drawn(3, 300, cluster=None),
    "a cluster each": drawn(4, 200, cluster=lambda row, _: row["id"]),
    "one cluster": drawn(5, 90, known=0.9, cluster="c"),
    "two clusters": drawn(6, 90, known=0.9, cluster=lambda _, rng: f"c{rng.integers(2)}"),
    "clusters that keep flow and model": drawn(
        7,
        300,
        cluster=lambda _, rng: f"c{rng.integers(60)}",
        flow=lambda row, _: ("web", "mail")[int(row["cluster"][1:]) % 2],
        model=lambda row, _: "a" if int(row["cluster"][1:]) % 3 else None,
        at=MONDAY,
    ),
    "one cell": drawn(8, 200, flow="web", segment="routine", provider="p", model="a", at=MONDAY),
    "a dimension never told": drawn(9, 120, flow=None, provider=None),
    "more models than are shown": drawn(
        10, 1700, model=lambda _, rng: f"m{int(rng.triangular(0, 130, 130)):03}", known=0.9
    ),
    "ties in latency": drawn(11, 400, latency_ms=lambda _, rng: float(rng.integers(1, 4)), status="ok"),
    "one latency": drawn(12, 300, latency_ms=5.0),
    "one row": drawn(13, 1, known=1.0),
    "one row of nothing": drawn(14, 1, known=0.0),
    "two rows": drawn(15, 2, known=1.0),
    "all errors": drawn(16, 100, status="error", success=None, corrected=None),
    "all rate limited": drawn(17, 100, status="rate_limited", success=None),
    "no status": drawn(18, 200, status=None),
    "no time": drawn(19, 100, at=None),
    "no outcome": drawn(20, 200, success=None, corrected=None, outcome_at=None, correction_minutes=None),
    "only right ones": drawn(21, 200, success=lambda _, rng: True if rng.random() < 0.5 else None),
    "only corrected ones": drawn(22, 200, corrected=lambda _, rng: True if rng.random() < 0.5 else None),
    "all right": drawn(23, 200, success=True, corrected=False, known=0.9),
    "all wrong": drawn(24, 200, success=False, corrected=False, known=0.9),
    "no cost": drawn(25, 200, cost_usd=None),
    "one cost": drawn(26, 200, cost_usd=0.25, corrected=False),
    "no delay": drawn(27, 200, outcome_at=None),
    "at once": drawn(28, 200, outcome_at=lambda row, _: row["at"]),
}
LABOURS = {
    "stated": LABOUR,
    "no wage": Labour(None, {"web": 4.0}),
    "no minutes": Labour(30.0),
}


# The same figures, from the rows


def matured_before(rows: Sequence[Row]) -> datetime | None:
    times = [
        row[name] for row in rows for name in ("at", "outcome_at") if row[name] is not None and row["at"] is not None
    ]
    times += [row["outcome_at"] for row in rows if row["at"] is None and row["outcome_at"] is not None]
    delays = [
        (row["outcome_at"] - row["at"]) / timedelta(days=1)
        for row in rows
        if row["at"] is not None and row["outcome_at"] is not None
    ]
    return max(times) - timedelta(days=float(np.quantile(delays, 0.95))) if delays else None


def cell_name(row: Row, dimension: Dimension) -> str:
    if dimension == "all":
        return ""
    if dimension == "week":
        at = row["at"]
        return "" if at is None else f"{at - timedelta(days=at.weekday()):%Y-%m-%d}"
    return str(row[dimension] or "")


def share(rows: Sequence[tuple[Row, bool]]) -> Interval | None:
    if not rows:
        return None
    return clustered_wilson([float(value) for _, value in rows], clusters_of([row for row, _ in rows]), level=LEVEL)


def clusters_of(rows: Sequence[Row]) -> list[str]:
    return [f"in {row['cluster']}" if row["cluster"] is not None else f"alone {row['id']}" for row in rows]


def priced(row: Row, labour: Labour) -> float | None:
    """Cost with labour, of a request for which both are known."""
    failed = row["status"] in ("error", "rate_limited")
    if row["cost_usd"] is None or row["success"] is None:
        return None
    if row["corrected"]:
        minutes = row["correction_minutes"]
        minutes = labour.minutes_by_flow.get(row["flow"] or "") if minutes is None else minutes
        if minutes is None or labour.wage_usd_per_hour is None:
            return None
        return float(row["cost_usd"] + minutes / 60 * labour.wage_usd_per_hour)
    return float(row["cost_usd"]) if row["corrected"] is False or failed else None


def lost(row: Row) -> bool:
    """Whether a request failed and nobody says what became of it."""
    return row["status"] in ("error", "rate_limited") and row["success"] is None


def lost_usd(rows: Sequence[Row]) -> float:
    """What lost requests cost, for each of the others that has a cost."""
    priced_rows = [row for row in rows if row["cost_usd"] is not None]
    others = sum(not lost(row) for row in priced_rows)
    return sum(row["cost_usd"] for row in priced_rows if lost(row)) / others if others else 0.0


def unpaid(row: Row, labour: Labour) -> bool:
    """Whether a correction of a request with a cost and an outcome took nobody knows how much labour."""
    return (
        bool(row["corrected"])
        and priced(row, labour) is None
        and priced({**row, "corrected": False}, labour) is not None
    )


def expected(rows: Sequence[Row], old: Callable[[Row], bool], labour: Labour) -> dict[str, Interval | None]:
    """The figures of one cell; those of outcomes and cost without the rules that may withhold them."""
    told = [row for row in rows if row["status"] is not None]
    timed = [row for row in rows if row["status"] in (None, "ok") and row["latency_ms"] is not None]
    paid = [(row, cost) for row in rows if old(row) and (cost := priced(row, labour)) is not None]
    won = [float(bool(row["success"])) for row, _ in paid]
    more = lost_usd([row for row in rows if old(row)])
    return {
        "error_rate": share([(row, row["status"] == "error") for row in told]),
        "rate_limited_rate": share([(row, row["status"] == "rate_limited") for row in told]),
        "task_success": share([(row, row["success"]) for row in rows if old(row) and row["success"] is not None]),
        "correction_rate": share(
            [(row, row["corrected"]) for row in rows if old(row) and row["corrected"] is not None]
        ),
        "latency_p95_ms": quantile_interval(
            [row["latency_ms"] for row in timed], 0.95, level=LEVEL, clusters=clusters_of(timed)
        )
        if timed
        else None,
        "cost_per_success_usd": fieller(
            [cost + more for _, cost in paid], won, level=LEVEL, clusters=clusters_of([row for row, _ in paid])
        )
        if any(won)
        else None,
    }


def figures_of(cell: CellFigures) -> dict[str, Figure]:
    return {
        **{str(name): figure for name, figure in cell.metrics.items()},
        "error_rate": cell.error_rate,
        "rate_limited_rate": cell.rate_limited_rate,
    }


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def check(source: TraceSource, rows: Sequence[Row], labour: Labour) -> None:
    found = baseline(source, labour)
    assert found.overview.rows == len(rows)
    cut = matured_before(rows)

    def old(row: Row) -> bool:
        return cut is None or (row["at"] is not None and row["at"] < cut)

    for dimension in DIMENSIONS:
        of_cell: dict[str, list[Row]] = {}
        for row in rows:
            of_cell.setdefault(cell_name(row, dimension), []).append(row)
        if dimension != "all" and set(of_cell) == {""}:
            assert dimension not in found.cells
            continue
        largest = sorted(sorted(of_cell, key=lambda name: (-len(of_cell[name]), name))[:LARGEST_CELLS])
        assert [cell.name for cell in found.cells[dimension]] == largest
        assert found.left_out.get(dimension, 0) == len(of_cell) - len(largest)
        for cell in found.cells[dimension]:
            mine = of_cell[cell.name]
            assert cell.requests == len(mine)
            assert cell.cost_known == sum(row["cost_usd"] is not None for row in mine)
            tokens = [row["input_tokens"] for row in mine if row["input_tokens"] is not None]
            mean = cell.mean_input_tokens
            assert same(mean.value if isinstance(mean, Estimate) else None, float(np.mean(tokens)) if tokens else None)
            wanted = expected(mine, old, labour)
            if any(old(row) and unpaid(row, labour) for row in mine):
                wanted["cost_per_success_usd"] = None
            for name, figure in figures_of(cell).items():
                compare(f"{dimension} {cell.name!r} {name}", figure, wanted[name], withheld(name, rows, labour))


def compare(place: str, figure: Figure, wanted: Interval | None, withheld: bool) -> None:
    if withheld or wanted is None:
        assert isinstance(figure, Missing), f"{place}: {figure} should be missing"
        return
    assert isinstance(figure, Estimate), f"{place}: {figure} should be {wanted}"
    found = (figure.value, figure.low, figure.high)
    assert all(map(same, found, (wanted.mid, wanted.low, wanted.high))), f"{place}: {found}, not {wanted}"


def withheld(name: str, rows: Sequence[Row], labour: Labour) -> bool:
    """Whether the log as a whole is unfit for the figure: it tells one side only, or its labour has no price."""
    told = {key: [row[key] for row in rows if row[key] is not None] for key in ("success", "corrected")}

    def one_sided(key: str) -> bool:
        return len(set(told[key])) == 1 and len(told[key]) < len(rows)

    if name == "task_success":
        return one_sided("success")
    if name == "correction_rate":
        return one_sided("corrected")
    if name == "cost_per_success_usd":
        unpaid = any(told["corrected"]) and labour.wage_usd_per_hour is None
        return one_sided("success") or one_sided("corrected") or not told["corrected"] or unpaid
    return False


# The contract


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("opened", SOURCES, indirect=True)
def test_every_figure_is_that_of_the_rows(opened: Open, case: str) -> None:
    check(opened(CASES[case]), CASES[case], LABOUR)


@pytest.mark.parametrize("case", ["nulls in every column", "no outcome", "one row of nothing"])
@pytest.mark.parametrize("opened", [SPARK], indirect=True)
def test_every_figure_on_spark_is_that_of_the_rows(opened: Open, case: str) -> None:
    check(opened(CASES[case]), CASES[case], LABOUR)


@pytest.mark.parametrize("labour", LABOURS)
@pytest.mark.parametrize("opened", SOURCES, indirect=True)
def test_labour_enters_the_cost_as_it_is_stated(opened: Open, labour: str) -> None:
    rows = CASES["nulls in every column"][:150]
    check(opened(rows), rows, LABOURS[labour])


@pytest.mark.parametrize("opened", [*SOURCES, SPARK], indirect=True)
def test_outcomes_are_followed_by_week_of_the_request(opened: Open) -> None:
    rows = CASES["nulls in every column"]
    source = opened(rows)
    weeks = sorted({cell_name(row, "week") for row in rows if row["at"] is not None})
    cohorts = source.cohorts()
    assert [one.week for one in cohorts] == weeks
    for one in cohorts:
        mine = [row for row in rows if row["at"] is not None and cell_name(row, "week") == one.week]
        delays = [(row["outcome_at"] - row["at"]) / timedelta(days=1) for row in mine if row["outcome_at"] is not None]
        assert one.requests == len(mine)
        assert one.succeeded == sum(row["success"] is True for row in mine)
        assert one.success_known == sum(row["success"] is not None for row in mine)
        assert one.corrected == sum(row["corrected"] is True for row in mine)
        assert one.corrected_known == sum(row["corrected"] is not None for row in mine)
        assert one.late_known == len(delays) + sum(row["outcome_at"] is not None and row["at"] is None for row in mine)
        assert same(one.median_delay_days, float(np.median(delays)) if delays else None)


@pytest.mark.parametrize("opened", [*SOURCES, SPARK], indirect=True)
def test_the_log_as_a_whole_is_that_of_the_rows(opened: Open) -> None:
    rows = CASES["nulls in every column"]
    found = opened(rows).overview()
    times = [row["at"] for row in rows if row["at"] is not None]
    missing = Counter(row["model"] or "" for row in rows if row["cost_usd"] is None)
    assert (found.rows, found.first_at, found.last_at) == (len(rows), min(times), max(times))
    assert found.known_until == max(times + [row["outcome_at"] for row in rows if row["outcome_at"] is not None])
    assert found.clustered == sum(row["cluster"] is not None for row in rows)
    assert found.status_known == sum(row["status"] is not None for row in rows)
    assert (found.succeeded, found.failed) == tuple(sum(row["success"] is one for row in rows) for one in (True, False))
    assert (found.corrected, found.uncorrected) == tuple(
        sum(row["corrected"] is one for row in rows) for one in (True, False)
    )
    assert found.cost_missing == dict(missing)


@pytest.mark.parametrize("opened", SOURCES, indirect=True)
def test_an_order_statistic_is_the_value_at_its_rank(opened: Open) -> None:
    rows = CASES["no cluster"]
    source = opened(rows)
    source.cells(labour=LABOUR, matured_before=None)
    timed = sorted(row["latency_ms"] for row in rows if row["status"] in (None, "ok") and row["latency_ms"] is not None)
    ranks = [1, 2, len(timed) // 2, len(timed)]
    assert source.order_statistics("all", {"": ranks}) == {"": {rank: timed[rank - 1] for rank in ranks}}


@pytest.mark.parametrize("opened", SOURCES, indirect=True)
def test_latencies_below_a_bound_are_counted_by_cluster(opened: Open) -> None:
    rows = CASES["nulls in every column"]
    source = opened(rows)
    source.cells(labour=LABOUR, matured_before=None)
    timed = [row for row in rows if row["status"] in (None, "ok") and row["latency_ms"] is not None]
    for bound in (0.0, 250.0, 700.0, 1e9):
        wanted = cluster_sums([float(row["latency_ms"] <= bound) for row in timed], clusters_of(timed))
        found = source.latency_at_most("all", {"": bound})[""]
        if 0 < wanted.total < wanted.n:
            assert found == wanted
        assert (found.n, found.total, found.clusters) == (wanted.n, wanted.total, wanted.clusters)
        assert found.carriers == (wanted.carriers if 0 < wanted.total < wanted.n else 0)


SMALL_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.none() | st.datetimes(MONDAY, MONDAY + timedelta(days=9)),
            "flow": st.sampled_from([None, "web", "mail"]),
            "cluster": st.sampled_from([None, "a", "b", "c"]),
            "status": st.sampled_from([None, "ok", "ok", "error", "rate_limited"]),
            "latency_ms": st.none() | st.integers(0, 5).map(float),
            "cost_usd": st.none() | st.floats(0, 2),
            "success": st.sampled_from([None, True, False]),
            "corrected": st.sampled_from([None, True, False]),
            "correction_minutes": st.none() | st.floats(0, 60),
            "delay": st.none() | st.timedeltas(timedelta(0), timedelta(days=4)),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=50)
@given(SMALL_ROWS)
def test_every_figure_of_a_small_log_is_that_of_its_rows(small: list[Row]) -> None:
    told = dict.fromkeys(column.name for column in COLUMNS)
    rows = [
        {
            **told,
            **{name: value for name, value in row.items() if name != "delay"},
            "id": f"r{number}",
            "outcome_at": row["at"] + row["delay"] if row["at"] and row["delay"] is not None else None,
        }
        for number, row in enumerate(small)
    ]
    with duckdb_table(rows) as connection:
        check(DuckTraceSource(connection, name="test"), rows, LABOUR)
