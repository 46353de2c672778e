"""The way without Python for each row says what the readers say."""

from __future__ import annotations

import csv
import io
import json
import random
from typing import Any

import pytest

from rung.adapters.traces import open_session
from rung.adapters.traces.blocks import Block
from rung.adapters.traces.flat_rows import FlatRows
from rung.adapters.traces.raw import RAW, Filled, create_raw, insert_packed, sort_out
from rung.adapters.traces.session import name_of
from rung.evidence.traces.aliases import RAW_NAMES
from rung.evidence.traces.flat import read_jsonl

KEYS = (
    "id", "ID", "request_id", "at", "timestamp", "model", "request_model", "input_tokens", "prompt_tokens", "latency_s",
    "latency_ms", "status", "error", "success", "score", "user_id", "session_id", "output", "a/b~c", "it's", "ümläut",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, 7, -3, 12.5, 0.001, "", " ", "12", " 12 ", "ok", "429", "2026-03-01T10:00:00Z", "{x", "[1]",
    "x,y", '"', "yes", "0.5", "ümläut", "\u2028", "\\ud", "'; --", [], [1, "a"], {}, {"a": None}, 10**20,
)  # fmt: skip


def random_lines(seed: int, count: int) -> list[bytes]:
    """Rows of known and unknown names with every kind of value, and lines that are none."""
    rng = random.Random(seed)
    lines = []
    for _ in range(count):
        row = {rng.choice(KEYS): rng.choice(VALUES) for _ in range(rng.randrange(1, 6))}
        text = json.dumps(row, ensure_ascii=rng.random() < 0.5)
        spoiled = rng.random()
        if spoiled < 0.03:
            text = text[:-2]
        elif spoiled < 0.06:
            text = text[:-1] + ', "id": "again", "id": "twice"}'
        lines.append(text.encode())
    return lines


def test_every_json_row_comes_in_as_its_reader_understands_it(shore: Any) -> None:
    lines = random_lines(5, 1500)
    columns = ", ".join(name_of(name) for name in RAW_NAMES)
    reader = Filled()
    packed = list(sort_out(read_jsonl(io.BytesIO(b"\n".join(lines)), {}), reader))
    with open_session(shore.lake.state) as connection:
        fast = FlatRows({}, is_csv=False).fill(connection, Block(b"\n".join(lines), 1))
        ours = connection.execute(f"SELECT line, {columns} FROM {RAW} ORDER BY line").fetchall()
        without_python = connection.execute(f"SELECT count(*) FROM {RAW} WHERE text IS NOT NULL").fetchall()[0][0]
        create_raw(connection, ())
        insert_packed(connection, packed, RAW_NAMES)
        theirs = connection.execute(f"SELECT line, {columns} FROM {RAW} ORDER BY line").fetchall()
    assert [tuple(value or None for value in row) for row in ours] == [
        tuple(value or None for value in row) for row in theirs
    ]
    assert {(one.line, one.reason) for one in fast.rejected} == {(one.line, one.reason) for one in reader.rejected}
    assert without_python > 600


def as_csv(rows: list[list[str]], *, quoted: bool) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_comes_in_the_same_quoted_or_not(shore: Any, quoted: bool, mark: bytes) -> None:
    rows = [["Request ID", "timestamp", "latency_s", "model"]]
    rows += [[f"r{number}", "2026-03-01 10:00:00", str(number / 4), ""] for number in range(1, 40)]
    tally = shore.take(shore.file(mark + as_csv(rows, quoted=quoted), "log.csv"))
    assert (tally.new, tally.quarantined) == (39, 0)
    assert shore.ask("SELECT sum(latency_ms), count(model), min(line), max(line) FROM traces") == [
        (sum(range(1, 40)) * 250.0, 0, 2, 40)
    ]


def test_a_cell_with_line_breaks_keeps_the_lines_of_the_rows_after_it(shore: Any) -> None:
    data = b'id,at,output\r\na,2026-03-01,"one\r\ntwo, ""three"""\r\nb,never,x\r\nc,2026-03-01\r\n'
    tally = shore.take(shore.file(data, "log.csv"))
    assert shore.rows("id", "output", "line") == [("a", 'one\ntwo, "three"', 2)]
    assert tally.quarantined == 2
    assert [(bad["line"], bad["reason"]) for bad in shore.put_aside()] == [
        (4, "at is not a time; found never"),
        (5, "has 2 cells where the header has 3"),
    ]


def test_line_numbers_hold_over_blocks_blank_lines_and_carriage_returns(
    shore: Any, request_row: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rung.adapters.traces import intake
    from rung.adapters.traces.blocks import blocks

    monkeypatch.setattr(intake, "blocks", lambda source, *, rows_end: blocks(source, rows_end=rows_end, size=4_000))
    lines: list[str] = []
    for number in range(200):
        lines += [json.dumps(request_row(number, latency_ms=-1 if number % 50 == 7 else 1)) + "\r", ""]
    tally = shore.take(shore.log(lines))
    assert (tally.new, tally.quarantined) == (196, 4)
    assert [bad["line"] for bad in shore.put_aside()] == [2 * number + 1 for number in (7, 57, 107, 157)]
    assert shore.ask("SELECT bool_and(line = 2 * CAST(id[2:] AS INTEGER) + 1) FROM traces") == [(True,)]


def test_a_line_too_long_for_any_request_is_put_aside_without_being_held(
    shore: Any, request_row: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rung.adapters.traces import blocks

    monkeypatch.setattr(blocks, "MAX_LINE_BYTES", 4096)
    monkeypatch.setattr(blocks.blocks, "__kwdefaults__", {"size": 1024})
    tally = shore.take(shore.log([request_row(0), '{"id": "' + "x" * 100_000 + '"}', request_row(1)]))
    assert tally.new == 2
    (bad,) = shore.put_aside()
    assert (bad["line"], bad["reason"]) == (2, "the line is longer than 0 MiB (100,010 bytes)")
    assert len(bad["text"]) < 5000
    assert shore.rows("id", "line") == [("r0", 1), ("r1", 3)]
