from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rung.errors import InvalidData
from rung.evidence.traces.formats import FORMATS
from rung.evidence.traces.reading import open_log
from rung.evidence.traces.sniff import SNIFFED_BYTES, sniff


def _file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "log"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"PAR1\x15\x04", "parquet"),
        (b'\xef\xbb\xbf{"timestamp": 1, "model": "m"}', "jsonl"),
        (b'\n\n {"latency_ms": 3}\n', "jsonl"),
        (b"service,timestamp,input_tokens,output_tokens\nconv,2023-11-16 18:15:46.6805900,374,44\n", "csv"),
        (b'"Model","Latency Ms"\r\n', "csv"),
        (b'[\n {"info": {}, "data": {}}]', "mlflow"),
        (b'{"id": "m", "type": "message", "content": [], "usage": {}}', "openai"),
        (b'{"id": "r", "object": "response", "usage": {}}', "openai"),
        (b'{"id": "1", "custom_id": "a", "response": {"status_code": 200, "body": {}}, "error": null}', "openai"),
        (b'{"name": "correctness", "value": 1, "dataType": "BOOLEAN"}', "langfuse"),
        (b'{"type": "SPAN", "trace_id": "t", "start_time": "2025"}', "langfuse"),
        (b'{"resourceLogs": []}', "otlp"),
    ],
)
def test_the_first_bytes_tell_the_format(data: bytes, format_: str, tmp_path: Path) -> None:
    assert sniff(_file(tmp_path, data)) == format_


def test_a_first_row_that_is_longer_than_what_is_read_is_known_by_its_names(tmp_path: Path) -> None:
    row = {"timestamp": 1, "request": {"messages": "x" * (2 * SNIFFED_BYTES)}, "response": {}}
    assert sniff(_file(tmp_path, json.dumps(row | {"model": "m"}).encode())) == "jsonl"
    row = {"response": {}, "timestamp": 1, "request": {"messages": "x" * (2 * SNIFFED_BYTES)}}
    assert sniff(_file(tmp_path, json.dumps(row).encode())) == "openai"


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b'{"foo": 1, "bar": 2}', "'foo', 'bar', of which none tells a column"),
        (b"just some words\n", "text that begins with 'just some words'"),
        (b"a;b\n1;2\n", "text that begins with 'a;b'"),
        ("model,latency_ms\n".encode("utf-16"), "bytes that are no text"),
        (b'{"latency": 3}', "'latency' says no unit"),
        (b"took,Latency\n", "'Latency' says no unit"),
        (b'{"info": {}, "data": {}, "resourceSpans": []}', "objects that could be otlp or mlflow"),
    ],
)
def test_what_is_not_known_is_said_with_what_was_seen_and_the_choices(data: bytes, seen: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidData) as raised:
        sniff(_file(tmp_path, data))
    assert seen in str(raised.value)
    if "empty" not in seen:
        assert f"--format {'|'.join(FORMATS)}" in str(raised.value)


def test_a_teams_own_names_are_enough(tmp_path: Path) -> None:
    assert sniff(_file(tmp_path, b'{"foo": 1}'), {"foo": "latency_ms"}) == "jsonl"


def test_a_gzip_file_that_is_cut_off_at_once_or_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read as gzip"):
        sniff(_file(tmp_path, gzip.compress(b'{"model": "m"}')[:12]))
    with pytest.raises(InvalidData, match="cannot be read"):
        open_log(tmp_path / "absent")
