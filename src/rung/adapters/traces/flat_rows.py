"""Blocks of a flat log, JSONL or CSV, brought into the table of raw rows without Python for each row.

A line that is not plainly one flat row (no JSON, a key twice, two names of one column that differ, a nested value,
quotes in a CSV) is handed to the reader of its format, which either understands it or names what is wrong: so both
ways say the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from rung.adapters.traces.blocks import Block
from rung.adapters.traces.raw import TABLE, Filled, create_raw, insert_packed, sort_out
from rung.adapters.traces.session import quoted
from rung.adapters.traces.sources import sources_of
from rung.errors import InvalidData
from rung.evidence.traces.aliases import aliases_of, plain
from rung.evidence.traces.flat import read_csv, read_jsonl

MAX_SHAPES = 500
"""Sets of keys in one block, above which its rows have no common shape and are read one by one."""

_LINES = r"""
    CREATE OR REPLACE TEMP TABLE lines AS
    SELECT line, text
    FROM (SELECT unnest(range($1, $1 + len(texts))) AS line, unnest(texts) AS text
          FROM (SELECT string_split($2, chr(10)) AS texts))
    WHERE regexp_matches(text, '[^ \t\r]')
"""
_SHAPES = f"SELECT DISTINCT json_keys(text) AS keys FROM lines LIMIT {MAX_SHAPES + 1}"
_GUARDED_SHAPES = f"""
    SELECT DISTINCT CASE WHEN json_valid(text) THEN json_keys(text) END AS keys FROM lines LIMIT {MAX_SHAPES + 1}
"""


class FlatRows:
    """Fills the table of raw rows from blocks. `names` are a team's own, as the readers take them."""

    def __init__(self, names: Mapping[str, str], *, is_csv: bool) -> None:
        self._names = names
        self._aliases = aliases_of(names)
        self._is_csv = is_csv
        self._header: bytes | None = None
        self._header_names: tuple[str, ...] = ()

    def without_header(self, block: Block) -> Block:
        """The block, and for the first one of a CSV what stands below its header. Blocks come here in their order."""
        if not self._is_csv or self._header is not None:
            return block
        lines = 0
        rest = block.data
        while rest:
            line, _, rest = rest.partition(b"\n")
            lines += 1
            if line.strip():
                self._header = line.rstrip(b"\r")
                self._header_names = _cells_of(self._header, lines)
                twice = [name for name in self._header_names if self._header_names.count(name) > 1]
                if known := [name for name in twice if plain(name) in self._aliases]:
                    raise InvalidData(
                        f"line {lines}: the header of the CSV names {known[0]!r} twice; keep the column that is meant"
                    )
                return replace(block, data=rest, first_line=block.first_line + lines)
        return replace(block, data=b"", first_line=block.first_line + lines)

    def fill(self, cursor: duckdb.DuckDBPyConnection, block: Block) -> Filled:
        """The table anew with the rows of this block."""
        filled = Filled()
        text = _plain_text(block.data)
        if text is None or (self._is_csv and '"' in text):
            create_raw(cursor, ())
            self._reread(cursor, block, filled)
            return filled
        cursor.execute(_LINES, [block.first_line, text])
        if self._is_csv:
            self._insert(cursor, self._header_names, "string_split(rtrim(text, chr(13)), ',')", "true", filled)
        elif not self._insert_objects(cursor, filled):
            create_raw(cursor, ())
            self._reread(cursor, block, filled)
            return filled
        self._reread_slow_ones(cursor, filled)
        return filled

    def _insert_objects(self, cursor: duckdb.DuckDBPyConnection, filled: Filled) -> bool:
        """The rows that are plain objects; False where they have too many shapes to be read together."""
        flat = r"NOT contains(text, '\u0000')"  # can only come from an escape, and the reader names it
        try:
            shapes: list[Sequence[str]] = [keys for (keys,) in cursor.execute(_SHAPES).fetchall()]
        except duckdb.InvalidInputException:  # a line that is no JSON: only then is each looked at before
            shapes = [keys for (keys,) in cursor.execute(_GUARDED_SHAPES).fetchall() if keys is not None]
            flat += " AND json_valid(text)"
        if len(shapes) > MAX_SHAPES:
            return False
        keys = [key for key in dict.fromkeys(key for shape in shapes for key in shape) if "\x00" not in key]
        names = [key for key in keys if plain(key) in self._aliases]
        filled.unknown.update(key for key in keys if plain(key) not in self._aliases)
        if any(len(set(shape)) < len(shape) for shape in shapes):
            flat = f"CASE WHEN {flat} THEN len(list_distinct(json_keys(text))) = len(json_keys(text)) END"
        if any(not shape for shape in shapes):
            flat = f"CASE WHEN {flat} THEN len(json_keys(text)) > 0 END"
        pointers = ", ".join(quoted("/" + name.replace("~", "~0").replace("/", "~1")) for name in names)
        cells = f"json_extract_string(text, [{pointers}])" if names else "CAST([] AS VARCHAR[])"
        self._insert(cursor, names, cells, flat, filled)
        return True

    def _insert(
        self, cursor: duckdb.DuckDBPyConnection, names: Sequence[str], cells: str, flat: str, filled: Filled
    ) -> None:
        sources = sources_of(names, self._aliases)
        filled.told |= sources.told()
        filled.unknown |= sources.unknown
        doubts = [f"v IS NULL OR len(v) <> {len(names)}", *sources.disagreements()]
        if not self._is_csv:
            doubts += [f"coalesce(left(v[{one.place}], 1) IN ('{{', '['), false)" for one in sources.found]
        create_raw(
            cursor,
            filled.told,
            f"""
            SELECT line, text, {" OR ".join(doubts)} AS slow{sources.values()}
            FROM (SELECT line, text, CASE WHEN {flat} THEN {cells} END AS v FROM lines)
            """,
        )

    def _reread_slow_ones(self, cursor: duckdb.DuckDBPyConnection, filled: Filled) -> None:
        slow = cursor.execute(f"SELECT line, text FROM {TABLE} WHERE slow ORDER BY line").fetchall()
        if not slow:
            return
        cursor.execute(f"DELETE FROM {TABLE} WHERE slow")
        data = "\n".join(text for _, text in slow).encode()
        self._read(cursor, data, [line for line, _ in slow], filled)

    def _reread(self, cursor: duckdb.DuckDBPyConnection, block: Block, filled: Filled) -> None:
        self._read(cursor, block.data, range(block.first_line, block.first_line + block.data.count(b"\n") + 1), filled)

    def _read(self, cursor: duckdb.DuckDBPyConnection, data: bytes, lines: Sequence[int], filled: Filled) -> None:
        """Add the rows of these lines by the format's own reader; `lines` are their numbers in the log."""
        above = 0
        if self._is_csv and self._header is not None:
            above = self._header.count(b"\n") + 1
            data = self._header + b"\n" + data
        read = (read_csv if self._is_csv else read_jsonl)(io.BytesIO(data), self._names)
        numbered = (replace(row, line=lines[row.line - above - 1]) for row in read)
        packed = list(sort_out(numbered, filled))
        insert_packed(cursor, packed, filled.told)


def _plain_text(data: bytes) -> str | None:
    """The text; None where it is not UTF-8 or holds a NUL, which SQL would carry along."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _cells_of(header: bytes, line: int) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([header.decode("utf-8")], strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidData(
            f"line {line}: the header of the CSV cannot be read ({error}); correct its first line"
        ) from error
    return tuple(cell.strip() for cell in cells)
