"""Rows of text in a DuckDB table: the one form in which every format reaches the checks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from rung.adapters.traces.session import name_of
from rung.evidence.traces.aliases import RAW_NAMES
from rung.evidence.traces.columns import CONTENT_COLUMNS
from rung.evidence.traces.reading import LateOutcome, LeftOut, RawTrace, Rejected

TABLE = "raw_told"
"""Rows of text: line, text, schema_version, slow, and a column for each of RAW_NAMES that the log tells. No text of
them holds a NUL."""
RAW = "raw"
"""The view of TABLE with every one of RAW_NAMES, and `place`, which names a row. A column that the log does not tell is
the constant NULL there, so that the database leaves every check of it out."""
PACK_BYTES = 8 * 2**20
HOLDS_NUL = "holds a NUL character, which is not text; remove it"
LONGEST_CONTENT = 4 * 2**20
"""Characters of one text; what is longer is cut, with a mark, so that a batch's memory stays bounded."""

_JSON = json.JSONEncoder(ensure_ascii=False)
_PLACES = {name: place for place, name in enumerate(RAW_NAMES, start=2)}
"""Where a packed row has the value of a column, behind its line and its schema version."""


@dataclass(slots=True)
class Filled:
    """What filling the table showed beside its rows: what could not be a row, outcomes told apart from their request,
    what is neither, the columns that the log has names for, and names that mean none."""

    rejected: list[Rejected] = field(default_factory=list)
    outcomes: list[LateOutcome] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


def create_raw(cursor: duckdb.DuckDBPyConnection, told: Iterable[str], select: str | None = None) -> None:
    """The table anew, with the columns of `told`, in the place of an older one.

    `select` fills it: a query that gives line, text, the columns of `told` and `slow`.
    """
    columns = [name for name in RAW_NAMES if name in set(told)]
    typed = ["line BIGINT", "text VARCHAR", "schema_version VARCHAR", "slow BOOLEAN"]
    typed += [f"{name_of(name)} VARCHAR" for name in columns]
    cursor.execute(f"DROP VIEW IF EXISTS {RAW}")
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} ({', '.join(typed)})")
    if select is not None:
        cursor.execute(f"INSERT INTO {TABLE} BY NAME {select}")
    _create_view(cursor, columns)


def insert_packed(cursor: duckdb.DuckDBPyConnection, packed: Sequence[str], told: Iterable[str]) -> None:
    """Add rows that `pack` wrote, with the columns of `told`."""
    if not packed:
        return
    columns = [name for name in RAW_NAMES if name in set(told)]
    there = {name for (name, *_) in cursor.execute(f"DESCRIBE {TABLE}").fetchall()}
    for name in columns:
        if name not in there:
            cursor.execute(f"DROP VIEW IF EXISTS {RAW}")
            cursor.execute(f"ALTER TABLE {TABLE} ADD COLUMN {name_of(name)} VARCHAR")
    values = ", ".join(f"v[{_PLACES[name] + 1}] AS {name_of(name)}" for name in columns)
    cursor.execute(
        f"""
        INSERT INTO {TABLE} BY NAME
        SELECT CAST(v[1] AS BIGINT) AS line, v[2] AS schema_version, false AS slow{", " if values else ""}{values}
        FROM (SELECT from_json(unnest(string_split(?, chr(10))), '["VARCHAR"]') AS v)
        """,
        ["\n".join(packed)],
    )
    _create_view(cursor, [name for name in RAW_NAMES if name in there or name in columns])


def _create_view(cursor: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    values = ", ".join(name_of(name) if name in columns else f"NULL::VARCHAR AS {name_of(name)}" for name in RAW_NAMES)
    cursor.execute(
        f"CREATE OR REPLACE TEMP VIEW {RAW} AS SELECT rowid AS place, line, text, schema_version, {values} FROM {TABLE}"
    )


def sort_out(read: Iterable[RawTrace | LateOutcome | Rejected | LeftOut], filled: Filled) -> Iterator[str]:
    """The rows packed; everything else goes into `filled`."""
    for row in read:
        if isinstance(row, RawTrace):
            filled.told.update(row.values)
            packed = pack(row)
            if isinstance(packed, str):
                yield packed
            else:
                filled.rejected.append(packed)
        elif isinstance(row, LateOutcome):
            filled.outcomes.append(row)
        elif isinstance(row, LeftOut):
            filled.left_out[row.what] += 1
        else:
            filled.rejected.append(row)


def pack(row: RawTrace | LateOutcome) -> str | Rejected:
    """The row as one line of JSON, for `insert_packed`; rejected where a value has parts and should have none, or holds
    a NUL."""
    values: list[object] = [None] * (2 + len(RAW_NAMES))
    values[:2] = row.line, row.schema_version if isinstance(row, RawTrace) else None
    for name, value in row.values.items():
        if isinstance(value, str):
            if "\0" in value:
                return Rejected(row.line, HOLDS_NUL, _shown(row))
            value = _cut(value)
        elif isinstance(value, dict | list):
            if name not in CONTENT_COLUMNS:
                return Rejected(row.line, f"{name} is a list or an object, not one value", _shown(row))
            value = _cut(_JSON.encode(value))
        values[_PLACES[name]] = value
    try:
        line = _JSON.encode(values)
        line.encode("utf-8")
    except (UnicodeEncodeError, ValueError, RecursionError):
        return Rejected(row.line, "holds text that cannot be written as UTF-8", "")
    return line


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CONTENT else text[:LONGEST_CONTENT] + "…"


def _shown(row: RawTrace | LateOutcome) -> str:
    return json.dumps(dict(row.values), ensure_ascii=False, default=str)[:2_000]
