"""The lake of a project: one Parquet file for each batch of traces or outcomes, whole or not there at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from rung.adapters.traces.checks import SQL_TYPES
from rung.adapters.traces.session import name_of
from rung.evidence.traces.columns import COLUMN_NAMES, COLUMNS, OUTCOME_COLUMNS

EXTRA_COLUMNS = ("cost_source", "format", "schema_version", "content_hash", "batch", "line")
"""What the lake keeps beside the columns of a trace; `line` is where the row stood in its log."""
SEQUENCE_DIGITS = 6


NO_ROWS = (
    "SELECT "
    + ", ".join(
        [
            "NULL::BIGINT AS place",
            *(f"NULL::{SQL_TYPES[column.type]} AS {name_of(column.name)}" for column in COLUMNS),
            *(f"NULL::{'BIGINT' if name == 'line' else 'VARCHAR'} AS {name}" for name in EXTRA_COLUMNS),
        ]
    )
    + " LIMIT 0"
)


@dataclass(frozen=True, slots=True)
class Lake:
    """The traces below a project's state directory (`.rung`)."""

    state: Path

    @property
    def traces(self) -> Path:
        """Directory of the trace batches."""
        return self.state / "traces"

    @property
    def outcomes(self) -> Path:
        """Directory of the outcomes that came later than their request."""
        return self.state / "outcomes"

    @property
    def quarantine(self) -> Path:
        """Directory of the rows that could not be taken, with line and reason: one JSONL file for each log."""
        return self.state / "quarantine"

    @property
    def drafts(self) -> Path:
        """Directory of what an ingest is writing; whatever stands there outside of one was left by a kill."""
        return self.state / "ingest.part"

    def trace_files(self) -> tuple[Path, ...]:
        """The batches in order of their arrival."""
        return tuple(sorted(self.traces.glob("*.parquet")))

    def outcome_files(self) -> tuple[Path, ...]:
        """The batches of outcomes in order of their arrival."""
        return tuple(sorted(self.outcomes.glob("*.parquet")))

    def next_batch(self, sha256: str, *, pending: int = 0) -> str:
        """The name of the next batch: its number, so that names sort by arrival, and its log's hash.

        `pending` batches are prepared and not yet there.
        """
        taken = [int(path.stem.split("-")[0]) for path in (*self.trace_files(), *self.outcome_files())]
        return f"{max(taken, default=0) + 1 + pending:0{SEQUENCE_DIGITS}d}-{sha256[:12]}"

    def sweep(self) -> None:
        """Remove what a killed ingest left. Only under the project's lock."""
        for path in (self.drafts, self.state / "spill"):
            shutil.rmtree(path, ignore_errors=True)

    def publish(self, draft: Path, directory: Path, name: str) -> Path:
        """Put a finished file in its place in one step, on the disk when the call returns."""
        _flush(draft)
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / name
        draft.replace(path)
        _flush(directory)
        return path


def create_views(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """The view `traces`: every row of the lake with its latest known outcome, and EXTRA_COLUMNS.

    Of several outcomes the one with the latest `outcome_at` stands, then the one that came last; one without a time
    never replaces one with a time. Each of success, corrected and correction_minutes is looked at on its own: a
    later outcome that does not tell it leaves it as it is. An outcome whose request is not there yet waits. A time of
    outcome before its request is none: the outcome counts, and says nothing of how long outcomes take.
    """
    connection.execute("SET VARIABLE traces = ?", [[str(path) for path in lake.trace_files()]])
    connection.execute("SET VARIABLE outcomes = ?", [[str(path) for path in lake.outcome_files()]])
    columns = ", ".join(name_of(name) for name in (*COLUMN_NAMES, *EXTRA_COLUMNS))
    if not lake.trace_files():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW traces AS SELECT {columns} FROM ({NO_ROWS})")
        return
    traces = f"SELECT {columns} FROM read_parquet(getvariable('traces'))"
    if not lake.outcome_files():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW traces AS {traces}")
        return
    told = [name for name in OUTCOME_COLUMNS if name != "outcome_at"]
    key = "(coalesce({0}outcome_at, '-infinity'::TIMESTAMP), {0}batch)"
    latest = ", ".join(
        f"arg_max({name}, {key.format('')}) AS {name}, max({key.format('')}) FILTER ({name} IS NOT NULL) AS {name}_key"
        for name in told
    )
    merged = ", ".join(
        f"CASE WHEN late.{name} IS NULL OR (traces.{name} IS NOT NULL AND {key.format('traces.')} > late.{name}_key) "
        f"THEN traces.{name} ELSE late.{name} END AS {name}"
        for name in told
    )
    connection.execute(f"""
        CREATE OR REPLACE TEMP VIEW traces AS
        SELECT traces.* REPLACE ({merged}, CASE WHEN greatest(traces.outcome_at, late.outcome_at) < traces."at"
                                                THEN NULL ELSE greatest(traces.outcome_at, late.outcome_at)
                                           END AS outcome_at)
        FROM ({traces}) AS traces
        LEFT JOIN (SELECT id, {latest}, max(outcome_at) AS outcome_at
                   FROM read_parquet(getvariable('outcomes')) GROUP BY id) AS late USING (id)
    """)


def _flush(path: Path) -> None:
    """Make a file, or the names in a directory, durable; without effect where directories cannot be opened."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
