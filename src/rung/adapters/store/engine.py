"""The connection to the database. The only file that knows how SQLite differs from PostgreSQL at run time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from rung.errors import RungError, UsageError

Durability = Literal["full", "normal"]
BUSY_MILLISECONDS = 30_000
WRITES = "rung_writes"
"""Execution option of connections that are going to write."""


def store_url(location: str | Path) -> URL:
    """A URL as it stands when it has a scheme; otherwise the SQLite file at this path."""
    if isinstance(location, str) and "://" in location:
        try:
            return make_url(location)
        except ArgumentError as error:
            raise UsageError(
                "the store's URL does not parse; it should look like postgresql://host/database"
            ) from error
    return URL.create("sqlite", database=str(Path(location).absolute()))


def place_of(url: URL) -> str:
    """The store's place for messages: the file, or the URL without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def open_engine(url: URL, *, durability: Durability) -> Engine:
    """An engine that has not connected yet. On SQLite the directory of the file is made."""
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise UsageError(
            f"a store is kept in SQLite or PostgreSQL, not in {backend!r}; give a path or a postgresql:// URL"
        )
    if backend == "sqlite":
        _make_directory(Path(str(url.database)).parent)
    try:
        engine = create_engine(url, pool_pre_ping=backend != "sqlite")
    except NoSuchModuleError as error:
        raise UsageError(f"{place_of(url)}: unknown database driver; use postgresql+psycopg://") from error
    except ModuleNotFoundError as error:
        raise RungError(
            f"{place_of(url)}: the driver {error.name!r} is not installed; pip install {error.name}"
        ) from error
    if backend == "sqlite":
        _prepare_sqlite(engine, durability)
    return engine


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RungError(
            f"{directory}: cannot be made ({error.strerror}); choose a directory that you may write to"
        ) from error


def _prepare_sqlite(engine: Engine, durability: Durability) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # None stops the driver from opening transactions by itself; `begun` opens them.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {durability.upper()}")
        cursor.execute("PRAGMA trusted_schema = OFF")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A writer takes its lock at once: a reader that turns writer half-way would fail instead of waiting.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
