from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import duckdb
import pytest

from rung.adapters.traces.workload import workload

MONDAY = datetime.fromisoformat("2026-03-02")
Row = tuple[datetime | None, str | None, bool | None, float | None]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(
            'CREATE TABLE traces ("at" TIMESTAMP, flow VARCHAR, corrected BOOLEAN, correction_minutes DOUBLE)'
        )
        yield opened


def fill(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    if rows:
        connection.executemany("INSERT INTO traces VALUES (?, ?, ?, ?)", rows)


def steady(connection: duckdb.DuckDBPyConnection, *, weeks: int, per_hour: int) -> None:
    """The same number of requests in every hour of so many weeks."""
    connection.execute(
        "INSERT INTO traces SELECT ?::TIMESTAMP + to_hours(i::BIGINT), NULL, NULL, NULL "
        "FROM range(?) AS hours(i), range(?) AS requests(j)",
        [MONDAY, weeks * 168, per_hour],
    )


def test_the_busiest_hour_of_each_whole_week_is_told_over_the_mean_hour(connection: duckdb.DuckDBPyConnection) -> None:
    steady(connection, weeks=4, per_hour=20)
    # One hour of the second week, of 20 requests like the others, gets 100 more: the two whole weeks then have a mean
    # hour of 20 + 100 / 336. The first and the last week are parts and stay out.
    fill(connection, [(MONDAY + timedelta(days=8, hours=3, minutes=5), None, None, None)] * 100)
    assert workload(connection).peaks == pytest.approx((120 / (20 + 100 / 336), 20 / (20 + 100 / 336)))


def test_a_thin_log_tells_no_peak(connection: duckdb.DuckDBPyConnection) -> None:
    steady(connection, weeks=5, per_hour=9)
    assert workload(connection).peaks == ()


def test_the_minutes_of_a_correction_are_told_by_flow(connection: duckdb.DuckDBPyConnection) -> None:
    fill(
        connection,
        [
            (MONDAY, "web", True, 2.0),
            (MONDAY, "web", True, 4.0),
            (MONDAY, "web", False, 90.0),
            (MONDAY, "web", True, None),
            (None, None, True, 7.0),
        ],
    )
    found = workload(connection).minutes
    # Mean 3, standard deviation sqrt 2, standard error 1.
    assert (found["web"].n, found["web"].mean, found["web"].error) == pytest.approx((2, 3.0, 1.0))
    assert (found[""].n, found[""].mean, found[""].error) == (1, 7.0, 0.0)


def test_an_empty_log_tells_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    found = workload(connection)
    assert found.peaks == ()
    assert not found.minutes
