"""Rows a second, CPU time and peak memory of taking made-up logs into an empty lake: medians of three fresh processes.

The CPU time of a row, over all threads, hardly depends on what else the machine does; the rows a second do.

python benchmarks/ingest.py [flat rows, 1000000 unless given] [rows with content, 200000 unless given]
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from rung.evidence.traces.redact import Redaction

RUNS = 3
CASES = (
    ("flat.jsonl", ""),
    ("flat.csv", ""),
    ("flat.parquet", ""),
    ("content.jsonl", ""),
    ("content.jsonl", "mask"),
    ("content.jsonl", "drop"),
)
WORDS = ("the", "order", "parcel", "refund", "was", "never", "invoice", "call", "back", "since", "Monday", "thanks")
START = datetime(2026, 3, 1, tzinfo=UTC)


def flat_rows(count: int) -> Iterator[dict[str, Any]]:
    """What a flat log usually tells, one request a second."""
    rng = random.Random(1)
    for number in range(count):
        yield {
            "id": f"req-{number:09d}",
            "at": (START + timedelta(seconds=number)).isoformat(),
            "model": rng.choice(("gpt-4o-mini", "gpt-4o")),
            "input_tokens": rng.randrange(4000),
            "output_tokens": rng.randrange(400),
            "latency_ms": round(rng.expovariate(0.001), 2),
            "status": "ok" if rng.random() < 0.97 else "rate_limited",
            "flow": rng.choice(("web", "app")),
            "success": rng.random() < 0.8,
        }


def content_rows(count: int) -> Iterator[dict[str, Any]]:
    """Requests and responses with about 120 words of text, one in ten with something personal."""
    rng = random.Random(2)
    for number in range(count):
        question = " ".join(rng.choices(WORDS, k=80))
        if rng.random() < 0.1:
            question += f" write to customer{number}@example.org or +49 30 {rng.randrange(10**7):07d}"
        tokens = {"prompt_tokens": rng.randrange(50, 900), "completion_tokens": rng.randrange(5, 300)}
        message = {"role": "assistant", "content": " ".join(rng.choices(WORDS, k=40))}
        yield {
            "timestamp": (START + timedelta(seconds=number)).isoformat(),
            "latency_ms": round(rng.expovariate(0.001), 2),
            "request": {"model": "gpt-4o", "messages": [{"role": "user", "content": question}]},
            "response": {
                "id": f"chatcmpl-{number}",
                "object": "chat.completion",
                "model": "gpt-4o-2024-08-06",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": tokens | {"total_tokens": sum(tokens.values())},
            },
        }


def write_logs(folder: Path, flat: int, content: int) -> None:
    """The same flat rows as JSONL, CSV and Parquet, and one log with content."""
    import duckdb

    for name, rows in (("flat", flat_rows(flat)), ("content", content_rows(content))):
        with (folder / f"{name}.jsonl").open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    with duckdb.connect() as connection:
        for name, options in (("flat.csv", "FORMAT csv, HEADER"), ("flat.parquet", "FORMAT parquet")):
            query = f"COPY (SELECT * FROM read_json(?)) TO ? ({options})"
            connection.execute(query, [str(folder / "flat.jsonl"), str(folder / name)])


def take(log: Path, redact: str) -> None:
    """One ingest in this process; prints rows, seconds, CPU seconds and peak memory in MB."""
    from rung.adapters.traces import Ingest, Lake, Options

    with tempfile.TemporaryDirectory() as folder:
        start, cpu_start = time.perf_counter(), time.process_time()
        how: Redaction | None = "mask" if redact == "mask" else "drop" if redact == "drop" else None
        with Ingest(Lake(Path(folder) / ".rung"), Options(redact=how)) as ingest:
            tally = ingest.publish(ingest.prepare(log, lambda *_: None))
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    print(tally.new, seconds, cpu_seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    if sys.argv[1:2] == ["take"]:
        take(Path(sys.argv[2]), sys.argv[3])
        return
    flat = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    content = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        write_logs(Path(folder), flat, content)
        for log, redact in CASES:
            command = [sys.executable, __file__, "take", str(Path(folder) / log), redact]
            run = partial(subprocess.run, command, capture_output=True, text=True, check=True)
            runs = [[float(word) for word in run().stdout.split()] for _ in range(RUNS)]
            rows, seconds, cpu_seconds, megabytes = (statistics.median(column) for column in zip(*runs, strict=True))
            name = f"{log} {redact}".strip()
            speed = f"{rows / seconds:>10,.0f} rows/s {1e6 * cpu_seconds / rows:>8.1f} us CPU a row"
            print(f"{name:<20} {rows:>10,.0f} rows {speed} {megabytes:>6,.0f} MB peak", flush=True)


if __name__ == "__main__":
    main()
