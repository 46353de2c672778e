"""A log cut into blocks of whole lines: bounded in memory, each knowing on which line it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rung.evidence.traces.lines import BYTE_ORDER_MARK
from rung.evidence.traces.reading import MAX_LINE_BYTES, Rejected, shown

BLOCK_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, without a byte order mark; `first_line` is the 1-based number of the first of them."""

    data: bytes
    first_line: int


def blocks(
    source: BinaryIO, *, rows_end: Callable[[bytes], int], size: int = BLOCK_BYTES
) -> Iterator[Block | Rejected]:
    """The source in blocks of about `size` bytes.

    `rows_end` says how many bytes at the start of a buffer are whole rows, such as `lines_end`. A row longer than
    MAX_LINE_BYTES is rejected and skipped without being held. Errors of the source pass through.
    """
    line, rest, first = 1, b"", True
    while data := source.read(size):
        if first:
            data, first = data.removeprefix(BYTE_ORDER_MARK), False
        rest += data
        end = rows_end(rest)
        if end:
            block, rest = rest[:end], rest[end:]
            yield Block(block, line)
            line += block.count(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            rejected, rest = _skip_line(source, rest, line)
            yield rejected
            line += 1
    if rest:
        yield Block(rest, line)


def lines_end(buffer: bytes) -> int:
    """Behind the last line feed."""
    return buffer.rfind(b"\n") + 1


def csv_rows_end(buffer: bytes) -> int:
    """Behind the last line feed that is not inside quotes; a quote inside quotes is written twice."""
    end = len(buffer)
    quotes = buffer.count(b'"')
    while end := buffer.rfind(b"\n", 0, end) + 1:
        quotes -= buffer.count(b'"', end) if end < len(buffer) else 0
        if quotes % 2 == 0:
            return end
        buffer, end = buffer[: end - 1], end - 1
    return 0


def _skip_line(source: BinaryIO, start: bytes, line: int) -> tuple[Rejected, bytes]:
    size, rest = len(start), b""
    while data := source.read(2**20):
        end = data.find(b"\n")
        if end >= 0:
            size, rest = size + end, data[end + 1 :]
            break
        size += len(data)
    reason = f"the line is longer than {MAX_LINE_BYTES // 2**20} MiB ({size:,} bytes)"
    return Rejected(line, reason, shown(start)), rest
