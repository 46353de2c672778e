"""A DuckDB connection for traces: in memory, bounded, and unable to reach anything but the files it is given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

MEMORY_LIMIT = "512MB"
"""What DuckDB may hold before it writes to its temporary directory: with the interpreter and the blocks in flight the
process stays under 1 GB, however large the log is."""
MOST_THREADS = 4
"""More threads hold more row groups at once, and reading a log is bound by its parser long before."""


def open_session(
    state: Path, *, files: Sequence[Path] = (), memory_limit: str = MEMORY_LIMIT
) -> duckdb.DuckDBPyConnection:
    """A connection that may read and write below `state`, read `files`, and nothing else.

    Times without a zone are UTC. Nothing is loaded or fetched: JSON, Parquet and time zones are part of the package.
    """
    state.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": min(os.cpu_count() or 1, MOST_THREADS),
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET temp_directory = ?", [str(state / "spill")])
    connection.execute("SET allowed_directories = ?", [[f"{state}{os.sep}"]])
    connection.execute("SET allowed_paths = ?", [[str(path) for path in files]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def quoted(text: str) -> str:
    """The text as an SQL string literal. Only for names and words that SQL wants as constants; paths are parameters."""
    return "'" + text.replace("'", "''") + "'"


def as_json(columns: Iterable[str]) -> str:
    """SQL that gives these columns as the text of one JSON object, without those that are null."""
    named = ", ".join(f"{name_of(column)} := {name_of(column)}" for column in columns)
    return f"json_merge_patch('{{}}', to_json(struct_pack({named})))::VARCHAR"


def name_of(column: str) -> str:
    """The column as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'
