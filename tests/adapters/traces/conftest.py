"""A lake of its own for each test, and logs written as the test likes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rung.adapters.traces import Ingest, Lake, Options, Tally, create_views, open_session

Row = Mapping[str, Any]


def row(number: int, **more: Any) -> dict[str, Any]:
    """A request with everything that a flat log usually tells."""
    return {
        "id": f"r{number}",
        "at": f"2026-03-01T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "provider": "openai",
        "model": "gpt-4o-mini",
        "input_tokens": 100 + number,
        "output_tokens": 10,
        "latency_ms": 250.5,
        "status": "ok",
        **more,
    }


@dataclass(frozen=True, slots=True)
class Shore:
    """A lake, and a folder for logs beside it."""

    folder: Path
    lake: Lake

    def log(self, rows: Iterable[Row | str | bytes], name: str = "log.jsonl") -> Path:
        """A JSONL file; text and bytes are lines as they are. `.gz` compresses."""
        lines = [
            one if isinstance(one, bytes) else one.encode() if isinstance(one, str) else json.dumps(one).encode()
            for one in rows
        ]
        return self.file(b"".join(line + b"\n" for line in lines), name)

    def file(self, data: bytes, name: str) -> Path:
        """A file with these bytes."""
        path = self.folder / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def take(self, log: Path, **options: Any) -> Tally:
        """The log into the lake."""
        with Ingest(self.lake, Options(**options)) as ingest:
            return ingest.publish(ingest.prepare(log, lambda *_: None))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What the view of the lake answers."""
        with open_session(self.lake.state) as connection:
            create_views(connection, self.lake)
            return connection.execute(query).fetchall()

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of every row, in the order of the ids."""
        return self.ask(f"SELECT {', '.join(columns)} FROM traces ORDER BY id")

    def put_aside(self) -> list[dict[str, Any]]:
        """Every row of the quarantine."""
        files: Sequence[Path] = sorted(self.lake.quarantine.glob("*.jsonl"))
        return [json.loads(line) for path in files for line in path.read_text("ascii").splitlines()]


def shore_in(folder: Path) -> Shore:
    """A new lake below this folder."""
    (folder / "logs").mkdir()
    return Shore(folder / "logs", Lake(folder / ".rung"))


@pytest.fixture
def shore(tmp_path: Path) -> Shore:
    return shore_in(tmp_path)


@pytest.fixture
def shore_of() -> Callable[[Path], Shore]:
    return shore_in


@pytest.fixture
def request_row() -> Callable[..., dict[str, Any]]:
    return row
