"""Rows of a flat log, JSONL or CSV, brought to canonical names and units."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from rung.evidence.traces.aliases import Alias, aliases_of, plain
from rung.evidence.traces.collecting import Collected
from rung.evidence.traces.columns import OUTCOME_COLUMNS
from rung.evidence.traces.lines import JsonRow, read_lines, read_objects
from rung.evidence.traces.reading import MAX_LINE_BYTES, RawTrace, Read, Rejected, shown

MAX_NAMES = 4_096
"""Names remembered with what they mean; a log with a new name in every row is still read in constant memory."""

OWN_COLUMNS = frozenset({"flow", "segment", "cluster", "variant", *OUTCOME_COLUMNS})


class FlatNames:
    """What each name of a flat log means."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._aliases = aliases_of(names)
        self._known: dict[str, Alias | None] = {}

    def of(self, name: str) -> Alias | None:
        """The alias that this name is; None where it means no column."""
        if name in self._known:
            return self._known[name]
        alias = self._aliases.get(plain(name))
        if len(self._known) < MAX_NAMES:
            self._known[name] = alias
        return alias

    def row(self, line: int, values: Mapping[str, object], text: str | bytes) -> RawTrace | Rejected:
        """The row by canonical names; rejected where two names of one column and rank have different values."""
        collected = Collected()
        self.collect(values, collected)
        return collected.row(line, text)

    def collect(self, values: Mapping[str, object], collected: Collected) -> None:
        """Add every value whose name is understood."""
        for name, value in values.items():
            alias = self.of(name)
            if alias is not None:
                collected.add(alias.column, value, name, alias.rank, alias.factor)

    def collect_own(self, metadata: object, collected: Collected) -> None:
        """Add what a team noted with a request, in an object of its own: only OWN_COLUMNS are read there."""
        for name, value in metadata.items() if isinstance(metadata, Mapping) else ():
            alias = self.of(str(name))
            if alias is not None and alias.column in OWN_COLUMNS:
                collected.add(alias.column, value, name, alias.rank, alias.factor)


def read_jsonl(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of a JSONL log whose objects hold the values at their top."""
    columns = FlatNames(names)
    for row in read_objects(source):
        if isinstance(row, JsonRow):
            yield columns.row(row.line, row.values, row.data)
        else:
            yield row


def read_csv(source: BinaryIO, names: Mapping[str, str]) -> Read:
    """Rows of a CSV log with a header. A cell without text is null."""
    columns = FlatNames(names)
    header: list[str] | None = None
    for cells in _cells(source):
        if isinstance(cells, Rejected):
            yield cells
            continue
        line, row = cells
        if header is None:
            header = [cell.strip() for cell in row]
        elif len(row) != len(header):
            yield Rejected(line, f"has {len(row)} cells where the header has {len(header)}", shown(",".join(row)))
        else:
            values: dict[str, object] = {name: cell or None for name, cell in zip(header, row, strict=True)}
            yield columns.row(line, values, ",".join(row))


def _cells(source: BinaryIO) -> Iterator[tuple[int, list[str]] | Rejected]:
    """The cells of each record with the line on which it starts; a cell may hold line breaks when it is quoted."""
    started, parts, size, quotes = 0, list[bytes](), 0, 0
    for row in read_lines(source, blank=True):
        if isinstance(row, Rejected):
            yield row
            continue
        line, data = row
        if not parts:
            if not data.strip():
                continue
            started, size, quotes = line, 0, 0
        parts.append(data)
        size += len(data) + 1
        quotes += data.count(b'"')
        if quotes % 2 == 0:
            yield _record(started, b"\n".join(parts))
            parts = []
        elif size > MAX_LINE_BYTES:
            yield Rejected(started, "a quoted cell does not end", shown(parts[0]))
            parts = []
    if parts:
        yield Rejected(started, "a quoted cell does not end", shown(parts[0]))


def _record(line: int, data: bytes) -> tuple[int, list[str]] | Rejected:
    try:
        text = data.decode("utf-8")
        if "\x00" in text:
            return Rejected(line, "holds a NUL character, which is not text; remove it", shown(data))
        return line, next(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError as error:
        return Rejected(line, f"byte {error.start} of the row is not UTF-8", shown(data))
    except csv.Error as error:
        return Rejected(line, f"not CSV: {error}", shown(data))
