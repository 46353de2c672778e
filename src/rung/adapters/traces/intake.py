"""One log read, checked and set against the lake: everything but publishing it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from rung.adapters.traces.blocks import blocks, csv_rows_end, lines_end
from rung.adapters.traces.costs import PriceSource
from rung.adapters.traces.flat_rows import FlatRows
from rung.adapters.traces.opened_log import Breaks, OpenedLog
from rung.adapters.traces.parquet_rows import ParquetRows
from rung.adapters.traces.quarantine import Quarantine
from rung.adapters.traces.raw import PACK_BYTES, Filled, create_raw, insert_packed, sort_out
from rung.adapters.traces.redaction import Redactor
from rung.adapters.traces.stage import Staged, fill_with_outcomes, stage_outcomes, stage_traces
from rung.evidence.traces.formats import FORMATS
from rung.evidence.traces.reading import LateOutcome, Rejected

WORKERS = 2
"""Blocks that are checked at once, each by a thread of DuckDB, while the next one is read."""
OUTCOMES_AT_ONCE = 50_000

Fill = Callable[[duckdb.DuckDBPyConnection], Filled]
"""Brings one part of a log into the table of raw rows of a connection."""
Progress = Callable[[int, int], None]
"""Told how many bytes of how many were read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a log is read: its format, a team's own names, redaction, and whether all of its rows are outcomes of
    requests that are told elsewhere."""

    format: str
    names: Mapping[str, str] = field(default_factory=dict)
    redactor: Redactor | None = None
    only_outcomes: bool = False


@dataclass(slots=True)
class Read:
    """What reading a log gave: parts of traces and of outcomes as Parquet files, and what was seen on the way."""

    traces: list[Path] = field(default_factory=list)
    outcomes: list[Path] = field(default_factory=list)
    sha256: str = ""
    good: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unclear: int = 0
    told: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    schema_versions: set[str] = field(default_factory=set)


class Intake:
    """Reads one log into `folder`, with rows that cannot be taken into `quarantine`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        quarantine: Quarantine,
        prices_of: PriceSource,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._quarantine = quarantine
        self._prices_of = prices_of
        self._progress = progress
        self._number = 0
        self._waiting: list[LateOutcome] = []

    def read(self, path: Path, reading: Reading) -> Read:
        """All of the log. InvalidData where it cannot be read to its end; what was written then is of no use."""
        read = Read()
        with OpenedLog(path) as log, ThreadPoolExecutor(WORKERS) as pool:
            running: deque[Future[Staged]] = deque()
            try:
                for fill in self._fills(log, reading):
                    running.append(
                        pool.submit(self._stage, fill, reading, self._connection.cursor(), self._next_part())
                    )
                    if len(running) > WORKERS:
                        self._take(running.popleft().result(), reading, read)
                    self._progress(log.bytes_read, log.size)
                while running:
                    self._take(running.popleft().result(), reading, read)
            finally:
                for one in running:
                    one.cancel()
            self._flush_outcomes(reading, read, least=1)
            read.sha256 = log.sha256()
        return read

    def _next_part(self) -> tuple[int, Path]:
        self._number += 1
        return self._number, self._folder / f"{self._number:06d}.parquet"

    def _stage(
        self, fill: Fill, reading: Reading, connection: duckdb.DuckDBPyConnection, part: tuple[int, Path]
    ) -> Staged:
        number, path = part
        with closing(connection) as cursor:
            filled = fill(cursor)
            if reading.redactor is not None:
                reading.redactor.rows(cursor, filled)
            if reading.only_outcomes:
                return stage_outcomes(cursor, filled, path, number)
            return stage_traces(cursor, filled, path, number, self._prices_of)

    def _take(self, staged: Staged, reading: Reading, read: Read) -> None:
        self._quarantine.add(staged.rejected)
        (read.outcomes if reading.only_outcomes else read.traces).append(staged.path)
        read.good += staged.good
        read.unclear += staged.unclear
        read.told |= staged.told
        read.unknown |= staged.unknown
        read.schema_versions |= staged.schema_versions
        read.left_out += staged.left_out
        self._waiting += staged.outcomes
        self._flush_outcomes(reading, read, least=OUTCOMES_AT_ONCE)

    def _flush_outcomes(self, reading: Reading, read: Read, *, least: int) -> None:
        """Outcomes that the log tells apart from its requests, once there are enough of them."""
        if len(self._waiting) < least:
            return
        number, path = self._next_part()
        with closing(self._connection.cursor()) as cursor:
            filled = fill_with_outcomes(cursor, self._waiting)
            if reading.redactor is not None:
                reading.redactor.rows(cursor, filled)
            staged = stage_outcomes(cursor, filled, path, number)
        self._waiting = []
        self._quarantine.add(staged.rejected)
        read.outcomes.append(path)
        read.good += staged.good

    def _fills(self, log: OpenedLog, reading: Reading) -> Iterator[Fill]:
        """The log in parts, in its order."""
        if reading.format == "parquet":
            rows = ParquetRows(self._connection, log.path, reading.names)
            yield from (partial(rows.fill, rows=part) for part in rows.ranges())
        elif FORMATS[reading.format].flat:
            yield from self._flat_fills(log, reading)
        else:
            yield from self._read_fills(log, reading)

    def _flat_fills(self, log: OpenedLog, reading: Reading) -> Iterator[Fill]:
        is_csv = reading.format == "csv"
        flat = FlatRows(reading.names, is_csv=is_csv)
        line = 1
        try:
            for block in blocks(log.source, rows_end=csv_rows_end if is_csv else lines_end):
                if isinstance(block, Rejected):
                    line = block.line
                    self._quarantine.add([block])
                    continue
                line = block.first_line + block.data.count(b"\n")
                rows = flat.without_header(block)
                if rows.data and not rows.data.isspace():
                    yield partial(flat.fill, block=rows)
        except Breaks as error:
            raise log.broke(error, line) from error

    def _read_fills(self, log: OpenedLog, reading: Reading) -> Iterator[Fill]:
        """Rows of a format that only its reader understands, in parts of bounded size."""
        reader = FORMATS[reading.format].read
        if reader is None:
            raise ValueError(f"{reading.format} has no reader of its own")
        filled, packed, size, line = Filled(), list[str](), 0, 1
        try:
            for row in reader(log.source, reading.names):
                line = row.line
                for text in sort_out([row], filled):
                    packed.append(text)
                    size += len(text)
                if size > PACK_BYTES or len(filled.rejected) > OUTCOMES_AT_ONCE:
                    yield partial(_filled, packed=packed, filled=filled)
                    filled, packed, size = Filled(), [], 0
        except Breaks as error:
            raise log.broke(error, line) from error
        yield partial(_filled, packed=packed, filled=filled)


def _filled(cursor: duckdb.DuckDBPyConnection, *, packed: list[str], filled: Filled) -> Filled:
    create_raw(cursor, filled.told)
    insert_packed(cursor, packed, filled.told)
    return filled
