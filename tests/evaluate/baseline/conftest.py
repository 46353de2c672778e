"""A log of a few rows in DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import duckdb
import pytest

from rung.adapters.traces.checks import SQL_TYPES
from rung.adapters.traces.duckdb_source import DuckTraceSource
from rung.evaluate.baseline import TraceSource
from rung.evidence.traces.columns import COLUMNS

Log = Callable[[list[dict[str, Any]]], TraceSource]


@pytest.fixture
def log() -> Iterator[Log]:
    """Makes a source of these rows; a column that a row does not have is null."""
    with ExitStack() as stack:

        def of(rows: list[dict[str, Any]]) -> TraceSource:
            connection = stack.enter_context(duckdb.connect())
            types = ", ".join(f'"{column.name}" {SQL_TYPES[column.type]}' for column in COLUMNS)
            connection.execute(f"CREATE TABLE traces ({types})")
            for row in rows:
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                connection.execute(f"INSERT INTO traces ({names}) VALUES ({marks})", list(row.values()))
            return DuckTraceSource(connection, name="a log")

        yield of
