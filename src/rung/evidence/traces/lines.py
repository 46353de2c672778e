"""The JSON objects of a log: one a line, or the items of one list, with the line on which each starts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf
from typing import BinaryIO, NoReturn

from rung.evidence.traces.nesting import MAX_DEPTH, too_deep
from rung.evidence.traces.reading import MAX_LINE_BYTES, Rejected, shown

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One JSON object, the line on which it starts, from 1, and its text."""

    line: int
    values: dict[str, object]
    data: bytes


def read_lines(source: BinaryIO, *, blank: bool = False) -> Iterator[tuple[int, bytes] | Rejected]:
    """The lines, without their end and without a byte order mark; too long a line is rejected, a blank one left out.

    Only a line feed ends a line, a carriage return before it goes with it: U+2028 and its like may stand in a text.
    """
    number = 0
    while data := source.readline(MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            data = data.removeprefix(BYTE_ORDER_MARK)
        if len(data) > MAX_LINE_BYTES and not data.endswith(b"\n"):
            size = len(data)
            while rest := source.readline(MAX_LINE_BYTES):
                size += len(rest.rstrip(b"\n"))
                if rest.endswith(b"\n"):
                    break
            yield Rejected(
                number, f"the line is longer than {MAX_LINE_BYTES // 2**20} MiB ({size:,} bytes)", shown(data)
            )
            continue
        data = data.rstrip(b"\r\n")
        if blank or data.strip():
            yield number, data


def read_objects(source: BinaryIO) -> Iterator[JsonRow | Rejected]:
    """The objects of a JSONL log, one a line."""
    for row in read_lines(source):
        if isinstance(row, Rejected):
            yield row
        else:
            yield parsed_row(*row)


def parsed_row(line: int, data: bytes) -> JsonRow | Rejected:
    """The object that this text is, or why it is none."""
    value = parsed(data)
    return JsonRow(line, value, data) if isinstance(value, dict) else Rejected(line, value, shown(data))


def parsed(data: bytes) -> dict[str, object] | str:
    """The JSON object, or why there is none: a text that can be shown."""
    try:
        text = data.decode("utf-8")
        value = loads(text)
        if not isinstance(value, dict):
            return f"not a JSON object but {_kind(value)}"
        if data.count(b"[") + data.count(b"{") > MAX_DEPTH and too_deep(value):
            return f"nested more than {MAX_DEPTH} deep"
        # A lone surrogate can only come from an escape, and would fail when the row is written.
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        if "\\u0000" in text or "\x00" in text:
            return "holds a NUL character, which is not text; remove it"
    except UnicodeDecodeError as error:
        return f"byte {error.start} of the line is not UTF-8"
    except UnicodeEncodeError:
        return "holds half of a surrogate pair (such as \\ud800), which is not text"
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    except NotAllowed as error:
        return str(error)
    except (RecursionError, ValueError):
        return "nested too deeply, or holds a number that is too long"
    return value


def loads(text: str) -> object:
    """The value. ValueError for what is no JSON, a number that no float holds, NaN and a key that stands twice."""
    value: object = json.loads(
        text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_without_repeats
    )
    return value


class NotAllowed(ValueError):
    """JSON that a parser may take and that no log means."""


def _refuse_constant(word: str) -> NoReturn:
    raise NotAllowed(f"{word} is not a number")


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise NotAllowed(f"{digits[:80]} is too large for a number")
    return number


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotAllowed(f"the key {twice[:80]!r} stands in the row twice")
    return values


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}
    return kinds.get(type(value), "null")
