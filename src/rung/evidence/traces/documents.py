"""The JSON objects of an export that is either a list of lines, one list, or objects over several lines each."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from rung.evidence.traces.lines import BYTE_ORDER_MARK, JsonRow, parsed, parsed_row, read_objects
from rung.evidence.traces.reading import MAX_LINE_BYTES, Rejected, shown

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES = 1 << 20
ENVELOPES = ("data", "observations", "traces", "scores")
"""Keys under which an interface answers with a page of rows."""

_MARKS = re.compile(rb'[\n"\\{}\[\]]')


def read_documents(source: BinaryIO) -> Iterator[JsonRow | Rejected]:
    """The objects in their order, with the line on which each starts; the items of a list and of an envelope's list.

    An object that is not JSON is rejected and the next one is read; a bracket that never closes takes the rest of the
    file with it, in one rejection.
    """
    rejoined, by_line = _peek(source)
    if by_line:
        for one in read_objects(rejoined):
            yield from _items(one)
        return
    for line, data in _objects(rejoined):
        if data is None:
            yield Rejected(line, f"longer than {MAX_LINE_BYTES // 2**20} MiB, or a bracket that does not close")
            continue
        yield from _items(parsed_row(line, data))


def _items(row: JsonRow | Rejected) -> Iterator[JsonRow | Rejected]:
    items = _enveloped(row) if isinstance(row, JsonRow) else None
    if items is None:
        yield row
        return
    for item in items:
        if isinstance(item, dict):
            yield JsonRow(row.line, item, json.dumps(item).encode())
        else:
            yield Rejected(row.line, "not a JSON object", shown(str(item)))


def _enveloped(row: JsonRow) -> list[object] | None:
    keys = [key for key in ENVELOPES if isinstance(row.values.get(key), list)]
    if len(keys) != 1 or row.values.keys() - {keys[0], "meta", "next_page_token", "page_token"}:
        return None
    items = row.values[keys[0]]
    return items if isinstance(items, list) else None


def _peek(source: BinaryIO) -> tuple[BinaryIO, bool]:
    """The same bytes again, and whether they are one object a line: then one bad line costs no other."""
    head = [source.readline(MAX_LINE_BYTES)]
    while head[-1] and not head[-1].removeprefix(BYTE_ORDER_MARK).strip():
        head.append(source.readline(MAX_LINE_BYTES))
    first = head[-1].removeprefix(BYTE_ORDER_MARK).strip()
    by_line = first.startswith(b"{") and isinstance(parsed(first), dict)
    if first.startswith(b"{") and not by_line:
        head.append(source.readline(MAX_LINE_BYTES))
        by_line = head[-1].startswith(b"{")
    return rejoin(b"".join(head).removeprefix(BYTE_ORDER_MARK), source), by_line


def rejoin(head: bytes, source: BinaryIO) -> BinaryIO:
    """A source that gives what was read already, and then the rest."""
    return cast(BinaryIO, io.BufferedReader(_Rejoined(head, source), CHUNK_BYTES))


class _Rejoined(io.RawIOBase):
    def __init__(self, head: bytes, source: BinaryIO) -> None:
        self._head = memoryview(head)
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        into = memoryview(buffer)
        part = self._head[: len(into)] if self._head else memoryview(self._source.read(len(into)))
        self._head = self._head[len(part) :]
        into[: len(part)] = part
        return len(part)


def _objects(source: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Each outermost object, or each in the outermost list, and its line; None for one that is too long or open.

    Text between objects that is no comma, bracket or space is given as an object of its own, to be named.
    """
    scan = _Scan()
    while chunk := source.read(CHUNK_BYTES):
        yield from scan.take(chunk)
    yield from scan.end()


class _Scan:
    """Finds where objects begin and end, chunk by chunk, in time proportional to the text."""

    def __init__(self) -> None:
        self._line = 1
        self._start_line = 1
        self._depth = 0
        self._in_text = False
        self._skip_one = False
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> Iterator[tuple[int, bytes | None]]:
        begin = 0
        position = 0
        if self._skip_one and chunk:
            position, self._skip_one = 1, False
        while match := _MARKS.search(chunk, position):
            mark, at = match.group(), match.start()
            position = at + 1
            if mark == b"\n":
                if self._depth == 0:
                    yield from self._between(chunk[begin:at])
                    begin = position
                self._line += 1
            elif self._in_text:
                if mark == b"\\":
                    position += 1
                    self._skip_one = position > len(chunk)
                elif mark == b'"':
                    self._in_text = False
            elif mark == b'"':
                self._in_text = self._depth > 0
            elif mark == b"{":
                if self._depth == 0:
                    yield from self._between(chunk[begin:at])
                    begin, self._start_line = at, self._line
                self._depth += 1
            elif mark == b"}" and self._depth > 0:
                self._depth -= 1
                if self._depth == 0:
                    self._keep(chunk[begin:position])
                    begin = position
                    yield self._start_line, self._whole()
        if self._depth:
            self._keep(chunk[begin:])
        else:
            yield from self._between(chunk[begin:])

    def end(self) -> Iterator[tuple[int, bytes | None]]:
        if self._depth:
            yield self._start_line, None

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= MAX_LINE_BYTES:
            self._parts.append(part)

    def _whole(self) -> bytes | None:
        whole = b"".join(self._parts) if self._size <= MAX_LINE_BYTES else None
        self._parts, self._size = [], 0
        return whole

    def _between(self, text: bytes) -> Iterator[tuple[int, bytes | None]]:
        rest = text.strip(b" \t\r\n,[]\x1e")
        if rest:
            yield self._line, rest
