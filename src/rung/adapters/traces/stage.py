"""One block of a log: from rows of text to a checked, priced Parquet part and the rows that cannot be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from rung.adapters.traces.checks import checked_rows
from rung.adapters.traces.costs import PRICED, SLOT, PriceSource, fill_prices
from rung.adapters.traces.raw import RAW, Filled, create_raw, insert_packed, pack
from rung.adapters.traces.session import as_json, name_of
from rung.evidence.traces.aliases import RAW_NAMES
from rung.evidence.traces.columns import COLUMN_NAMES, OUTCOME_COLUMNS
from rung.evidence.traces.reading import SHOWN_CHARACTERS, LateOutcome, Rejected

ROWS_PER_PART = 2**32
"""Part number times this plus the row's place in the part is the row's order in the log."""
PARQUET = "(FORMAT parquet, COMPRESSION lz4)"
"""A part is read once and removed: written fast, not small."""

_BAD = f"""
    SELECT line, reason, shown
    FROM (SELECT place, line, reason FROM checked WHERE reason IS NOT NULL)
    JOIN (SELECT place, left(coalesce(text, {as_json(RAW_NAMES)}), {SHOWN_CHARACTERS}) AS shown FROM {RAW}
          WHERE place IN (SELECT place FROM checked WHERE reason IS NOT NULL)) USING (place)
    ORDER BY line
"""
_STORED = ", ".join(name_of(name) for name in COLUMN_NAMES)


@dataclass(slots=True)
class Staged:
    """What came of one block. `path` is its part; counts are of rows."""

    path: Path
    good: int
    unclear: int
    rejected: list[Rejected] = field(default_factory=list)
    outcomes: list[LateOutcome] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    schema_versions: set[str] = field(default_factory=set)


def stage_traces(
    cursor: duckdb.DuckDBPyConnection, filled: Filled, path: Path, number: int, prices_of: PriceSource
) -> Staged:
    """Check and price the rows of the raw table and write the good ones to `path`, as part `number` of the log."""
    checked = checked_rows(RAW, filled.told)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE checked AS SELECT *, {SLOT} FROM ({checked})")
    good = "(SELECT * FROM checked WHERE reason IS NULL)"
    fill_prices(cursor, good, prices_of)
    cursor.execute(
        f"""
        COPY (SELECT place + $1 AS place, line, {_STORED}, cost_source, schema_version, content_hash
              FROM ({PRICED.format(rows=good)})) TO $2 {PARQUET}
        """,
        [number * ROWS_PER_PART, str(path)],
    )
    versions = cursor.execute("SELECT DISTINCT schema_version FROM checked WHERE schema_version IS NOT NULL").fetchall()
    staged = _staged(cursor, filled, path)
    staged.schema_versions.update(version for (version,) in versions)
    return staged


def stage_outcomes(cursor: duckdb.DuckDBPyConnection, filled: Filled, path: Path, number: int) -> Staged:
    """Check the rows of the raw table as outcomes told apart from their request, and write the good ones to `path`."""
    checked = checked_rows(RAW, filled.told, late_outcomes=True)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE checked AS {checked}")
    outcome = ", ".join(OUTCOME_COLUMNS)
    cursor.execute(
        f"""
        COPY (SELECT place + $1 AS place, line, id, {outcome}, content_hash
              FROM checked WHERE reason IS NULL) TO $2 {PARQUET}
        """,
        [number * ROWS_PER_PART, str(path)],
    )
    return _staged(cursor, filled, path)


def fill_with_outcomes(cursor: duckdb.DuckDBPyConnection, outcomes: Sequence[LateOutcome]) -> Filled:
    """The raw table anew, with outcomes that a log told apart from their requests."""
    filled = Filled(told={"id", "score", *OUTCOME_COLUMNS})
    packed = [pack(one) for one in outcomes]
    filled.rejected = [one for one in packed if isinstance(one, Rejected)]
    create_raw(cursor, filled.told)
    insert_packed(cursor, [one for one in packed if isinstance(one, str)], filled.told)
    return filled


def _staged(cursor: duckdb.DuckDBPyConnection, filled: Filled, path: Path) -> Staged:
    counts = "SELECT count(*) FILTER (reason IS NULL), count(*) FILTER (reason IS NULL AND unclear) FROM checked"
    ((good, unclear),) = cursor.execute(counts).fetchall()
    bad = [Rejected(line, reason, text) for line, reason, text in cursor.execute(_BAD).fetchall()]
    rejected = sorted([*filled.rejected, *bad], key=lambda one: one.line)
    return Staged(path, good, unclear, rejected, filled.outcomes, filled.left_out, filled.told, filled.unknown)
