"""Row ranges of a flat Parquet log, brought into the table of raw rows without Python for each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from rung.adapters.traces.raw import HOLDS_NUL, RAW, TABLE, Filled, create_raw
from rung.adapters.traces.session import as_json, name_of
from rung.adapters.traces.sources import sources_of
from rung.errors import InvalidData
from rung.evidence.traces.aliases import RAW_NAMES, aliases_of
from rung.evidence.traces.reading import SHOWN_CHARACTERS, Rejected

ROWS_AT_ONCE = 100_000
DISAGREE = "two names of one column have different values"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str

    @property
    def text(self) -> str:
        """The value as text: nested ones as JSON."""
        nested = "[" in self.type or self.type.startswith(("STRUCT", "MAP", "UNION", "JSON"))
        return f"CAST({f'to_json({name_of(self.name)})' if nested else name_of(self.name)} AS VARCHAR)"


class ParquetRows:
    """Fills the table of raw rows from a Parquet file; the line of a row is its number in the file, from 1.

    Raises InvalidData for a file that is no Parquet. `names` are a team's own, as the readers take them.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, names: Mapping[str, str]) -> None:
        self._path = str(path)
        try:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [self._path]).fetchall()
            counted = connection.execute("SELECT count(*) FROM read_parquet(?)", [self._path]).fetchone()
        except duckdb.Error as error:
            raise InvalidData(
                f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]}); export the file again"
            ) from error
        self._columns = [_Column(str(name), str(kind)) for name, kind, *_ in described]
        self.rows = int(counted[0]) if counted else 0
        self._sources = sources_of([column.name for column in self._columns], aliases_of(names))

    def ranges(self) -> Iterator[range]:
        """The rows in parts of bounded size, counted from 0."""
        for start in range(0, self.rows, ROWS_AT_ONCE):
            yield range(start, min(start + ROWS_AT_ONCE, self.rows))

    def fill(self, cursor: duckdb.DuckDBPyConnection, rows: range) -> Filled:
        """The table anew with these rows."""
        filled = Filled(told=self._sources.told(), unknown=set(self._sources.unknown))
        cells = f"[{', '.join(column.text for column in self._columns)}]"
        doubts = [*self._sources.disagreements(), *(_has_nul(f"v[{one.place}]") for one in self._sources.found)]
        cursor.execute("SET VARIABLE log = ?", [self._path])
        create_raw(
            cursor,
            filled.told,
            f"""
            SELECT line, {" OR ".join(doubts) or "false"} AS slow{self._sources.values()}
            FROM (SELECT file_row_number + 1 AS line, {cells} AS v
                  FROM read_parquet(getvariable('log'), file_row_number = true)
                  WHERE file_row_number >= {rows.start} AND file_row_number < {rows.stop})
            """,
        )
        filled.rejected = self._rejected(cursor)
        return filled

    def _rejected(self, cursor: duckdb.DuckDBPyConnection) -> list[Rejected]:
        nul = " OR ".join(_has_nul(name_of(name)) for name in RAW_NAMES)
        slow: Sequence[tuple[int, bool, str]] = cursor.execute(f"""
            SELECT line, {nul}, left({as_json(RAW_NAMES)}, {SHOWN_CHARACTERS}) FROM {RAW}
            WHERE place IN (SELECT rowid FROM {TABLE} WHERE slow)
        """).fetchall()
        if slow:
            cursor.execute(f"DELETE FROM {TABLE} WHERE slow")
        return [Rejected(line, HOLDS_NUL if holds_nul else DISAGREE, text) for line, holds_nul, text in slow]


def _has_nul(text: str) -> str:
    return f"coalesce(contains({text}, chr(0)), false)"
