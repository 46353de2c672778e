"""`rung ingest` as a person runs it: real processes, killed and side by side."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rung.adapters.traces import Lake, create_views, open_session

ROWS = 60_000
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rung.yaml").write_text("task: {name: tickets}\n")
    return tmp_path


def lines(first: int, count: int) -> Iterator[str]:
    for number in range(first, first + count):
        at = (START + timedelta(seconds=number)).isoformat()
        yield json.dumps({"id": f"r{number}", "at": at, "model": "gpt-4o", "latency_ms": number % 900, "status": "ok"})


def write_log(path: Path, first: int, count: int) -> Path:
    path.write_text("\n".join(lines(first, count)) + "\n")
    return path


def ask(project: Path, query: str) -> list[tuple[Any, ...]]:
    lake = Lake(project / ".rung")
    with open_session(lake.state) as connection:
        create_views(connection, lake)
        return connection.execute(query).fetchall()


def test_a_log_is_taken_counted_and_recorded_as_an_event(desk: Any, project: Path) -> None:
    log = write_log(project / "log.jsonl", 0, 30)
    with log.open("a") as file:
        file.write('{"id": "bad", "latency_ms": -4}\n')
    said = desk.rung("ingest", log, "--project", project)
    assert said.code == 0, said.err
    assert "30 new, 0 already there, 1 put aside" in said.out
    assert "latency_ms is negative" in said.out
    again = desk.rung("ingest", log, "--json", "--project", project)
    assert again.document["logs"][0] | {"sha256": "", "quarantine": ""} == again.document["logs"][0] | {
        "new": 0, "already_there": 30, "quarantined": 1, "sha256": "", "quarantine": "",
    }  # fmt: skip
    assert again.code == 0
    from rung.adapters.store import SqlStore

    with SqlStore(project / ".rung" / "rung.db") as store:
        events = [event.payload for event in store.events("traces.ingested")]
    assert [(event["new"], event["already_there"], event["quarantined"]) for event in events] == [
        (30, 0, 1),
        (0, 30, 1),
    ]
    assert len(events[0]["sha256"]) == 64


def test_a_pattern_takes_every_log_and_a_broken_one_keeps_none_of_the_others_out(desk: Any, project: Path) -> None:
    for number in range(3):
        write_log(project / f"{number}.jsonl", number * 10, 10)
    (project / "1.jsonl").write_bytes(b"\x1f\x8b\x08broken")
    said = desk.rung("ingest", project / "*.jsonl", "--project", project)
    assert said.code == 1
    assert "1.jsonl: nothing was taken" in said.out
    assert ask(project, "SELECT count(*) FROM traces") == [(20,)]


def test_strict_takes_nothing_at_all_when_one_row_is_bad(desk: Any, project: Path) -> None:
    good, bad = write_log(project / "good.jsonl", 0, 5), project / "bad.jsonl"
    bad.write_text('{"id": "a", "at": "2026-03-01"}\n{"id": "b", "at": "never"}\n')
    said = desk.rung("ingest", good, bad, "--strict", "--project", project)
    assert said.code == 1
    assert "nothing was written" in said.out
    assert ask(project, "SELECT count(*) FROM traces") == [(0,)]
    assert desk.rung("ingest", good, "--strict", "--project", project).code == 0


def test_a_log_of_bad_rows_alone_is_an_error(desk: Any, project: Path) -> None:
    log = project / "log.jsonl"
    log.write_text('{"id": "a", "at": "never"}\n')
    assert desk.rung("ingest", log, "--project", project).code == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["missing.jsonl"], 2, "names no file"),
        (["{project}"], 2, "is a directory"),
        (["{log}", "--map", "took"], 2, "is not NAME=COLUMN"),
        (["{log}", "--map", "took=colour"], 2, "'colour' is no column"),
        (["{log}", "--format", "excel"], 2, "jsonl, csv, parquet"),
        (["{log}", "--project", "nowhere"], 1, "rung init"),
    ],
)
def test_a_wrong_call_says_what_to_do(desk: Any, project: Path, words: list[str], code: int, message: str) -> None:
    log = write_log(project / "log.jsonl", 0, 1)
    given = [word.format(project=project, log=log) for word in words]
    if "--project" not in given:
        given += ["--project", str(project)]
    said = desk.rung("ingest", *given, cwd=project)
    assert said.code == code
    assert message in said.err


@pytest.mark.parametrize("cell", ["12", '"12"'])
def test_a_csv_that_names_a_column_twice_is_refused(desk: Any, project: Path, cell: str) -> None:
    """Which of the two is meant cannot be told; a second column that means nothing here does no harm."""
    log = project / "log.csv"
    log.write_text(f"id,latency_ms,note,note,latency_ms\na,{cell},x,y,13\n")
    said = desk.rung("ingest", log, "--project", project)
    assert said.code == 1
    assert "names 'latency_ms' twice" in said.out + said.err
    log.write_text(f"id,latency_ms,note,note\na,{cell},x,y\n")
    assert desk.rung("ingest", log, "--project", project).code == 0


def test_a_hostile_log_cannot_steer_the_terminal(desk: Any, project: Path) -> None:
    log = project / "log.jsonl"
    log.write_text(json.dumps({"id": "a", "at": "2026-03-01", "model": "\x1b[2J\u202egpt", "\x1b]0;x\x07": 1}) + "\n")
    said = desk.rung("ingest", log, "--project", project)
    assert said.code == 0
    assert "\x1b" not in said.out + said.err
    assert "\u202e" not in said.out + said.err


@pytest.mark.parametrize("delay_s", [0.6, 1.2, 1.8, 2.4])
def test_a_kill_leaves_whole_batches_or_none_and_the_same_command_ends_it(
    desk: Any, project: Path, delay_s: float
) -> None:
    logs = [write_log(project / f"{part}.jsonl", part * ROWS, ROWS) for part in range(2)]
    running = desk.start("ingest", *logs, "--project", project)
    time.sleep(delay_s)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    if (project / ".rung").exists():
        assert ask(project, "SELECT count(*) FROM traces")[0][0] in {0, ROWS, 2 * ROWS}
    said = desk.rung("ingest", *logs, "--json", "--project", project)
    assert said.code == 0, said.err
    assert sum(log["new"] + log["already_there"] for log in said.document["logs"]) == 2 * ROWS
    assert ask(project, "SELECT count(*), count(DISTINCT id), sum(latency_ms) FROM traces") == [
        (2 * ROWS, 2 * ROWS, float(sum(number % 900 for number in range(2 * ROWS))))
    ]
    assert not (project / ".rung" / "ingest.part").exists()


def test_two_ingests_at_once_take_turns(desk: Any, project: Path) -> None:
    one, two = write_log(project / "one.jsonl", 0, ROWS), write_log(project / "two.jsonl", ROWS // 2, ROWS)
    running = [desk.start("ingest", log, "--project", project) for log in (one, two)]
    said = [process.communicate(timeout=200) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert ask(project, "SELECT count(*), count(DISTINCT id), count(DISTINCT batch) FROM traces") == [
        (ROWS * 3 // 2, ROWS * 3 // 2, 2)
    ]
