from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rung.evidence.traces.lines import JsonRow, read_objects
from rung.evidence.traces.reading import MAX_LINE_BYTES, SHOWN_CHARACTERS, Rejected


def _read(data: bytes) -> list[JsonRow | Rejected]:
    return list(read_objects(io.BytesIO(data)))


def test_a_byte_order_mark_windows_lines_and_blank_lines_change_nothing_but_the_numbers() -> None:
    rows = _read(b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"a": 2}')
    assert [(row.line, row.values) for row in rows if isinstance(row, JsonRow)] == [(1, {"a": 1}), (4, {"a": 2})]


def test_only_a_line_feed_ends_a_line() -> None:
    text = "one\u2028two\x85three"
    rows = _read(json.dumps({"a": text}, ensure_ascii=False).encode() + b"\n")
    assert [row.values for row in rows if isinstance(row, JsonRow)] == [{"a": text}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "not JSON"),
        (b"[1]", "not a JSON object but a list"),
        (b"null", "not a JSON object but null"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1e999}', "1e999 is too large for a number"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands in the row twice"),
        (b'{"a": "\xff"}', "byte 7 of the line is not UTF-8"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b'{"a": "\\u0000"}', "NUL character"),
        (b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nested"),
        (b'{"a": ' + b"[" * 150 + b"]" * 150 + b"}", "nested more than 100 deep"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "a number that is too long"),
    ],
)
def test_a_bad_line_is_named_and_the_next_one_is_read(line: bytes, reason: str) -> None:
    bad, good = _read(line + b'\n{"a": 1}\n')
    assert isinstance(bad, Rejected)
    assert reason in bad.reason
    assert bad.line == 1
    assert len(bad.text) <= SHOWN_CHARACTERS
    assert isinstance(good, JsonRow)
    assert good.line == 2


def test_a_line_that_is_too_long_is_put_aside_without_holding_it() -> None:
    long, good = _read(b'{"a": "' + b"x" * (2 * MAX_LINE_BYTES) + b'"}\n{"a": 1}\n')
    assert isinstance(long, Rejected)
    assert f"{2 * MAX_LINE_BYTES + 9:,} bytes" in long.reason
    assert len(long.text) == SHOWN_CHARACTERS
    assert isinstance(good, JsonRow)
    assert good.line == 2


@given(st.lists(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()), max_size=6))
def test_objects_come_back_as_they_were_written(rows: list[dict[str, object]]) -> None:
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    read = _read(data)
    holds_nul = ["\\u0000" in json.dumps(row) for row in rows]
    assert [isinstance(one, Rejected) for one in read] == holds_nul
    expected = [(line, row) for line, (row, nul) in enumerate(zip(rows, holds_nul, strict=True), 1) if not nul]
    assert [(one.line, one.values) for one in read if isinstance(one, JsonRow)] == expected
