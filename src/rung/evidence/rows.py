"""Rows of a JSONL or CSV file as string-keyed mappings with their line, and what was wrong with them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from rung.errors import InvalidData

MAX_BYTES = 200_000_000
SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row before it is understood; `line` is 1-based."""

    line: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class Problems:
    """Collects what is wrong with a file, so that a person sees several problems at once and not all of them."""

    path: Path
    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, line: int, problem: str) -> None:
        self.count += 1
        if len(self.first) < SHOWN_PROBLEMS:
            self.first.append(f"{self.path}:{line}: {problem}")

    def refuse(self) -> None:
        """Raise InvalidData with the first problems and the number of others, if there are any."""
        if self.count:
            others = self.count - len(self.first)
            last = [f"and {others} more problem{'s' if others > 1 else ''} in {self.path}"] if others else []
            raise InvalidData("\n".join([*self.first, *last]))


def read_text(path: Path) -> str:
    """The file's text without a byte order mark. Raises InvalidData for what is missing, empty or not UTF-8."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InvalidData(f"{path}: {size:,} bytes, more than the {MAX_BYTES:,} that are read; give a sample of it")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidData(f"{path}: cannot be read ({error.strerror}); correct the path or its permissions") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidData(f"{path}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    if not text.strip():
        raise InvalidData(f"{path}: the file is empty; write one labelled item per line")
    return text


def read_rows(path: Path, problems: Problems) -> Iterator[RawRow]:
    """The rows, by the file's suffix. A line that cannot be read is added to `problems` and left out."""
    suffix = path.suffix.casefold()
    if suffix in {".jsonl", ".ndjson"}:
        yield from _json_rows(path, problems)
    elif suffix == ".csv":
        yield from _csv_rows(path, problems)
    else:
        raise InvalidData(f"{path}: the suffix {path.suffix!r} is not read; give .jsonl (one object a line) or .csv")


class _NotAllowed(ValueError):
    pass


def _json_rows(path: Path, problems: Problems) -> Iterator[RawRow]:
    # Only \n ends a line of JSONL: U+2028 and its like may stand inside a string.
    for line, text in enumerate(read_text(path).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
            text_of_value = json.dumps(value, ensure_ascii=False)
            text_of_value.encode("utf-8")
        except json.JSONDecodeError as error:
            problems.add(line, f"not JSON: {error.msg} at column {error.colno}; write one JSON object per line")
        except _NotAllowed as error:
            problems.add(line, str(error))
        except UnicodeEncodeError:
            problems.add(line, "holds half of a surrogate pair (such as \\ud800), which is not text; remove it")
        except (RecursionError, ValueError):
            problems.add(line, "not JSON that can be read: nested too deeply, or a number too long")
        else:
            if isinstance(value, dict):
                yield RawRow(line, value)
            else:
                problems.add(line, f"must be a JSON object with input and expected, found {_kind(value)}")


def _refuse_constant(word: str) -> NoReturn:
    raise _NotAllowed(f"{word} is not JSON; give a finite number or leave the key out")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NotAllowed(f"the key {twice!r} stands in the object twice; keep it once")
    return values


def _kind(value: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}.get(
        type(value), "null"
    )


def _csv_rows(path: Path, problems: Problems) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    start = 1
    header: list[str] | None = None
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.add(start, f"not CSV: {error}; quote cells that hold commas, quotes or line breaks")
            return
        line, start = start, reader.line_num + 1
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(path, line, cells)
        elif len(cells) != len(header):
            problems.add(line, f"has {len(cells)} cells where the header has {len(header)}; quote cells with commas")
        else:
            yield RawRow(line, {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()})


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise InvalidData(f"{path}:{line}: the columns are not separated by commas; save the file with commas")
    if "" in header:
        raise InvalidData(f"{path}:{line}: column {header.index('') + 1} has no name; name it or remove it")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise InvalidData(f"{path}:{line}: the column {twice[0]!r} stands in the header twice; keep it once")
    return header
