from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from rung.adapters.warehouse import open_warehouse
from rung.errors import InvalidData, InvalidTask, MissingExtra
from rung.estimate import Estimate, Figure
from rung.evaluate.baseline import Labour, baseline
from rung.pipeline.baseline import baseline as project_baseline
from rung.task.task import WarehouseChoice

pytestmark = pytest.mark.xdist_group("postgresql")
DAY = "2026-03-02 10:00:00"


@pytest.fixture
def database(postgres_url: str) -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    """A database of its own, by its URL, with a connection that may write."""
    name = f"rung_{uuid4().hex}"
    server = postgres_url.replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
        url = f"{server.rsplit('/', 1)[0]}/{name}"
        with psycopg.connect(url, autocommit=True) as connection:
            yield url, connection
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


def requests_of(url: str, table: str = "traces") -> int:
    with open_warehouse(WarehouseChoice("URL", table), {"URL": url}) as source:
        return baseline(source, Labour()).overview.rows


def value_of(figure: Figure) -> float:
    assert isinstance(figure, Estimate), figure
    return figure.value


def test_a_table_of_the_teams_own_types_is_read_as_traces(database: tuple[str, psycopg.Connection[Any]]) -> None:
    url, connection = database
    connection.execute("CREATE SCHEMA analytics")
    connection.execute(
        "CREATE TABLE analytics.requests (at timestamptz, latency_ms integer, cost_usd numeric(10, 4), "
        "success integer, status varchar(20), customer_secret text)"
    )
    connection.execute("SET TIMEZONE = 'Asia/Tokyo'")
    connection.execute(
        "INSERT INTO analytics.requests VALUES ('2026-03-02 08:59:59+09', 10, 0.5, 1, 'ok', 'x'), "
        "('2026-03-02 09:00:00+09', 30, 1.5, 0, 'error', 'y')"
    )
    with open_warehouse(WarehouseChoice("URL", "analytics.requests"), {"URL": url}) as source:
        found = baseline(source, Labour())
    # Midnight in UTC is nine in the morning in Tokyo: the first request belongs to Sunday, and so to the week before.
    assert [cell.name for cell in found.cells["week"]] == ["2026-02-23", "2026-03-02"]
    assert (found.overview.succeeded, found.overview.failed) == (1, 1)
    assert value_of(found.overall.metrics["latency_p95_ms"]) == 10.0
    assert found.overall.cost_known == 2
    assert found.source.startswith("table analytics.requests in the warehouse, 2 requests")


def test_all_figures_are_of_the_rows_that_were_there_when_it_was_opened(
    database: tuple[str, psycopg.Connection[Any]],
) -> None:
    url, connection = database
    connection.execute("CREATE TABLE traces (at timestamp, latency_ms float8)")
    connection.execute(f"INSERT INTO traces SELECT '{DAY}', i FROM generate_series(1, 50) i")
    with open_warehouse(WarehouseChoice("URL", "traces"), {"URL": url}) as source:
        before = source.overview()
        connection.execute(f"INSERT INTO traces SELECT '{DAY}', i FROM generate_series(1, 50) i")
        assert source.overview() == before
    assert requests_of(url) == 100


def test_the_connection_cannot_write(database: tuple[str, psycopg.Connection[Any]]) -> None:
    url, connection = database
    connection.execute("CREATE SEQUENCE visits")
    connection.execute(f"CREATE VIEW traces AS SELECT timestamp '{DAY}' AS at, nextval('visits')::float8 AS latency_ms")
    with pytest.raises(InvalidData, match=r"^traces cannot be read: cannot execute nextval\(\) in a read-only"):
        requests_of(url)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("-1, 'ok', 0", "1 with latency_ms below 0"),
        ("'NaN', 'ok', 0", "1 with latency_ms below 0, too large or no number"),
        ("'Infinity', 'ok', 0", "1 with latency_ms"),
        ("1, 'OK', 0", "1 with status other than ok, error, rate_limited"),
        ("-1, 'done', -2", "1 with latency_ms"),
    ],
)
def test_values_that_no_trace_can_have_are_named(
    database: tuple[str, psycopg.Connection[Any]], values: str, said: str
) -> None:
    url, connection = database
    connection.execute("CREATE TABLE traces (latency_ms float8, status text, cost_usd float8)")
    connection.execute(f"INSERT INTO traces VALUES ({values}), (5, 'ok', 1), (NULL, NULL, NULL)")
    with pytest.raises(InvalidData, match=f"^table traces in the warehouse: rows {said}.*leave them out in a view$"):
        requests_of(url)


def test_a_table_that_is_not_there_is_named(database: tuple[str, psycopg.Connection[Any]]) -> None:
    with pytest.raises(InvalidData, match=r"warehouse.table: analytics.traces is not there"):
        requests_of(database[0], "analytics.traces")


def test_a_table_without_a_column_of_a_trace_is_refused(database: tuple[str, psycopg.Connection[Any]]) -> None:
    database[1].execute("CREATE TABLE traces (id text, customer text)")
    with pytest.raises(InvalidData, match="no column is one of a trace; make a view"):
        requests_of(database[0])


def test_an_empty_table_is_an_empty_log(database: tuple[str, psycopg.Connection[Any]]) -> None:
    database[1].execute("CREATE TABLE traces (at timestamp)")
    with pytest.raises(InvalidData, match="is empty"):
        requests_of(database[0])


@pytest.mark.parametrize("port", ["1", "99999"])
def test_no_message_holds_the_password(port: str) -> None:
    url = f"postgresql://team:hunter2%21@127.0.0.1:{port}/warehouse"
    with pytest.raises(InvalidData, match="whose address is in URL cannot be reached") as raised:
        requests_of(url)
    shown = f"{raised.value!r} {raised.value.__cause__!r}"
    assert "hunter2" not in shown
    assert url not in shown


@pytest.mark.parametrize("environment", [{}, {"URL": " "}])
def test_a_variable_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    with (
        pytest.raises(InvalidTask, match="the environment variable URL is not set"),
        open_warehouse(WarehouseChoice("URL", "traces"), environment),
    ):
        pass


def test_an_address_that_is_not_understood_is_not_repeated() -> None:
    with pytest.raises(InvalidTask, match="must begin with postgresql:// or spark://") as raised:
        requests_of("mysql://team:hunter2@host/db")
    assert "hunter2" not in str(raised.value)


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(MissingExtra, match=r"^a log on PostgreSQL needs the extra 'warehouse'; install it with: .*$"):
        requests_of("postgresql://127.0.0.1/x")


def test_the_command_measures_the_warehouse_that_rung_yaml_names(
    database: tuple[str, psycopg.Connection[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, connection = database
    connection.execute("CREATE TABLE traces (at timestamp, flow text, cost_usd float8, success bool, corrected bool)")
    connection.execute(
        f"INSERT INTO traces VALUES ('{DAY}', 'web', 0.1, true, true), ('{DAY}', 'web', 0.1, false, false)"
    )
    (tmp_path / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {}\nwarehouse: {url_env: TRACES_URL, table: traces}\n"
        "flows: [{name: web, correction_minutes: 6}]\nprices: {wage_usd_per_hour: 30}\n"
    )
    monkeypatch.setenv("TRACES_URL", url)
    found = project_baseline(tmp_path / "rung.yaml")
    # Two requests of 0.1 USD and six minutes at 30 USD an hour, for one that was right.
    assert value_of(found.overall.metrics["cost_per_success_usd"]) == pytest.approx(3.2)


def test_the_door_loads_no_warehouse_library() -> None:
    code = "import sys, rung.adapters.warehouse; print({'ibis', 'psycopg', 'pyspark', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
