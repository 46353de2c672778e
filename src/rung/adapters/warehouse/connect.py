"""Opens the table that `warehouse` of rung.yaml names: on PostgreSQL, or on Spark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from rung.adapters.warehouse.quiet import quiet_about_pandas
from rung.errors import InvalidData, InvalidTask, MissingExtra
from rung.evaluate.baseline.source import TraceSource
from rung.task.task import WarehouseChoice

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from rung.adapters.warehouse.requests import Fetch

POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


@contextmanager
def open_warehouse(choice: WarehouseChoice, environment: Mapping[str, str]) -> Iterator[TraceSource]:
    """The table's rows as a source. The address is read from the variable that `choice` names and is never shown.

    PostgreSQL is asked within one read-only transaction, so all figures are of the same rows. On Spark a session that
    is already there is used; one that is started here ends here. MissingExtra without the extra `warehouse`;
    InvalidTask where the variable holds no address that is understood; InvalidData where the table cannot be read,
    has no column of a trace, or holds values that no trace can have.
    """
    url = environment.get(choice.url_env, "").strip()
    if not url:
        raise InvalidTask(
            f"warehouse.url_env: the environment variable {choice.url_env} is not set; set it to an address such as "
            "postgresql://user:password@host/database"
        )
    if url.partition("://")[0] in POSTGRES:
        opened = _postgres(url, choice)
    elif url.startswith(("spark://", "local")):
        opened = _spark(url, choice)
    else:
        raise InvalidTask(
            f"warehouse.url_env: the address in {choice.url_env} is none that is understood; it must begin with "
            "postgresql:// or spark://, or be local[2] for a Spark on this machine"
        )
    with opened as (table, fetch):
        from rung.adapters.warehouse.ibis_source import IbisTraceSource
        from rung.adapters.warehouse.requests import refuse_impossible_values, trace_columns

        name = f"table {choice.table} in the warehouse"
        traces = trace_columns(table, name=name)
        refuse_impossible_values(traces, name=name, fetch=fetch)
        yield IbisTraceSource(traces, name=name, fetch=fetch)


@contextmanager
def _postgres(url: str, choice: WarehouseChoice) -> Iterator[tuple[Table, Fetch]]:
    with _needs_the_extra("a log on PostgreSQL"):
        import ibis
        import psycopg
        from ibis.common.exceptions import IbisError, TableNotFound
    try:
        connection = psycopg.connect(**_parameters(url), connect_timeout=20)
    except (psycopg.Error, ValueError) as error:
        raise InvalidData(
            f"the database whose address is in {choice.url_env} cannot be reached: {_first_line(error, url)}"
        ) from None
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT 1")
        *database, table = choice.table.split(".")
        try:
            backend = ibis.postgres.from_connection(connection)
            found = backend.table(table, database=".".join(database) or None)
        except (psycopg.Error, IbisError, TableNotFound):
            raise InvalidData(
                f"warehouse.table: {choice.table} is not there, or this user may not read it; correct rung.yaml, or "
                "grant SELECT on it"
            ) from None

        def fetch(expression: Table) -> list[dict[str, Any]]:
            # Not by way of Ibis, whose server-side cursor hides the reason when a query fails.
            try:
                result = connection.execute(backend.compile(expression))
            except psycopg.Error as error:
                raise InvalidData(f"{choice.table} cannot be read: {_first_line(error, url)}") from None
            names = [column.name for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result]

        yield found, fetch
    finally:
        connection.close()


def _parameters(url: str) -> dict[str, Any]:
    """What psycopg takes; ValueError where the address is malformed."""
    parts = urlsplit(url)
    named = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    given = {key: unquote(value) if isinstance(value, str) else value for key, value in named.items() if value}
    options = dict(part.partition("=")[::2] for part in parts.query.split("&") if part)
    return {
        **given,
        "dbname": unquote(parts.path.lstrip("/")) or "postgres",
        **{k: unquote(v) for k, v in options.items()},
    }


def _first_line(error: Exception, url: str) -> str:
    """The driver's words without the password, should they ever hold it."""
    password = urlsplit(url).password
    said = (str(error).strip() or "no reason given").splitlines()[0]
    for secret in (url, password, unquote(password or "")):
        said = said.replace(secret, "***") if secret else said
    return said


@contextmanager
def _spark(master: str, choice: WarehouseChoice) -> Iterator[tuple[Table, Fetch]]:
    with _needs_the_extra("a log on Spark"):
        import ibis
        from ibis.common.exceptions import IbisError, TableNotFound
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise InvalidData(
            "a log on Spark needs pyspark in the version of your cluster; install it with: pip install pyspark"
        ) from None
    running = SparkSession.getActiveSession()
    session = running or _new_session(master)
    try:
        try:
            with quiet_about_pandas():
                connection = ibis.pyspark.connect(session)
                found = _spark_table(connection, choice.table)
        except (PySparkException, IbisError, TableNotFound):
            raise InvalidData(
                f"warehouse.table: {choice.table} is not there, or cannot be read by Spark; correct rung.yaml"
            ) from None

        def fetch(expression: Table) -> list[dict[str, Any]]:
            # Not by way of pandas, as Ibis does: the newest pandas is beyond what pyspark knows.
            try:
                rows: list[dict[str, Any]] = session.sql(connection.compile(expression)).toArrow().to_pylist()
            except PySparkException as error:
                raise InvalidData(f"{choice.table} cannot be read: {_first_line(error, master)}") from None
            return rows

        yield found, fetch
    finally:
        if running is None:
            session.stop()


def _spark_table(connection: Any, written: str) -> Table:
    if written.endswith(".parquet"):
        return connection.read_parquet(written)
    *database, table = written.split(".")
    return connection.table(table, database=".".join(database) or None)


def _new_session(master: str) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("rung")
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _needs_the_extra(needed_for: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra("warehouse", needed_for) from error
