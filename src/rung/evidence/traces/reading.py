"""What every format of a production log is read into: rows of canonical names, and what could not be a row."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from rung.errors import InvalidData

MAX_LINE_BYTES = 32 * 2**20
"""A longer line, or a longer row of a document, is put aside: no request's log is that long, and memory stays small."""
GZIP_MAGIC = b"\x1f\x8b"
SHOWN_CHARACTERS = 2_000
"""How much of a rejected row's text is kept."""


@dataclass(frozen=True, slots=True)
class RawTrace:
    """One row before it is checked: values by the names of `aliases.RAW_COLUMNS`, as JSON values.

    Times are ISO 8601 text (UTC where it says no zone) or a number of seconds, milliseconds, microseconds or
    nanoseconds since 1970 that its size tells apart. Numbers may stand as text. A name without a value is null or
    missing. `line` is 1-based; in a document that is no list of lines it is the line on which the row starts, in a
    protobuf file the number of the span. `schema_version` is what the log says of its own format.
    """

    values: Mapping[str, object]
    line: int
    schema_version: str | None = None


@dataclass(frozen=True, slots=True)
class LateOutcome:
    """An outcome that the log tells apart from the request that it is about.

    `values` has `id` and some of `columns.OUTCOME_COLUMNS`.
    """

    values: Mapping[str, object]
    line: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is none: why, and the first characters of its text."""

    line: int
    reason: str
    text: str = field(default="")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is well formed and that is no request or outcome, such as the span of a tool: to be counted."""

    line: int
    what: str


Read = Iterator[RawTrace | LateOutcome | Rejected | LeftOut]
Reader = Callable[[BinaryIO, Mapping[str, str]], Read]
"""Rows of an opened, decompressed log. The mapping is a team's own names (`{name in the log: column}`). Rows come as
they are read and in the order of the file; memory is that of one row. OSError, EOFError and zlib.error of the source
pass through."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, what it is for people, and how it is read. `flat` rows need no Python: names are all."""

    name: str
    meaning: str
    read: Reader | None
    flat: bool = False


def open_log(path: Path) -> BinaryIO:
    """The log's bytes, decompressed where the file is gzip. Raises InvalidData for a file that cannot be opened."""
    try:
        with path.open("rb") as file:
            compressed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        return cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb")
    except OSError as error:
        raise InvalidData(f"{path}: cannot be read ({error.strerror}); correct the path or its permissions") from error


def first_bytes(path: Path, size: int) -> bytes:
    """The first decompressed bytes, at most `size`. Raises InvalidData for a file that cannot be read."""
    try:
        with open_log(path) as source:
            return source.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidData(f"{path}: cannot be read as gzip ({error}); export the file again") from error


def shown(text: str | bytes) -> str:
    """The start of a row's text, for the quarantine."""
    part = text[:SHOWN_CHARACTERS]
    return part if isinstance(part, str) else part.decode("utf-8", errors="replace")
