"""What runs today, from the project's production log: `rung baseline`, and the system to beat of `rung decide`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from rung.decide.evidence import Production
from rung.economics import SharedFacts
from rung.errors import InvalidData, InvalidTask
from rung.evaluate.baseline import Baseline, Labour, TraceSource, metrics_of
from rung.evaluate.baseline import baseline as measured_baseline
from rung.pipeline.cost_facts import logged_volume, with_workload
from rung.pipeline.ingest import INGESTED, ingest
from rung.pipeline.observer import Observer, Silent
from rung.pipeline.state import STATE
from rung.task.file import read_task
from rung.task.task import Task

if TYPE_CHECKING:
    from rung.adapters.traces import Lake

MEMORY_LIMIT = "1200MB"
"""What the sums of a large log may hold before they go to disk; the process then stays under 2 GB."""


def baseline(task_file: Path, *, observer: Observer | None = None) -> Baseline:
    """The baseline of the project's log. Logs named under data.traces are taken in first, each once.

    InvalidData when the project has no production log.
    """
    observer = observer or Silent()
    task = read_task(task_file)
    _take_in(task_file, task, observer)
    observer.stage("baseline", "the four metrics of what runs today")
    with trace_source(task) as source:
        return measured_baseline(source, labour_of(task))


def production_of(task_file: Path, observer: Observer) -> Production:
    """What the log shows of the system that runs today, for a decision; a log that is not there is said, not raised."""
    try:
        found = baseline(task_file, observer=observer)
    except InvalidData as error:
        return Production(None, str(error))
    cohorts = [cohort.counts for cohort in found.cohorts]
    return Production(metrics_of(found), requests_per_month=logged_volume(found.overview, cohorts, found.source))


def with_log(facts: SharedFacts, task: Task) -> SharedFacts:
    """The facts with what the log tells that was taken in before; as they are where none was. Nothing is taken in here,
    and a warehouse is asked only for the baseline: its table may be large, and every question costs."""
    state = task.directory / STATE
    if task.warehouse is not None or not (state / "traces").exists():
        return facts
    from rung.adapters.traces import Lake, create_views, open_session
    from rung.adapters.traces.duckdb_source import DuckTraceSource
    from rung.adapters.traces.workload import workload

    lake = Lake(state)
    if not lake.trace_files():
        return facts
    connection = open_session(state, memory_limit=MEMORY_LIMIT)
    try:
        create_views(connection, lake)
        log = DuckTraceSource(connection, name=_name(lake))
        volume = facts.requests_per_month or logged_volume(log.overview(), log.cohorts(), log.name)
        return with_workload(replace(facts, requests_per_month=volume), workload(connection), task.flows, log.name)
    finally:
        connection.close()


@contextmanager
def trace_source(task: Task) -> Iterator[TraceSource]:
    """The project's log, or the one in its warehouse, opened for reading. InvalidData when there is none."""
    if task.warehouse is not None:
        from rung.adapters.warehouse import open_warehouse

        with open_warehouse(task.warehouse, os.environ) as warehouse:
            yield warehouse
        return
    from rung.adapters.traces import Lake, create_views, open_session
    from rung.adapters.traces.duckdb_source import DuckTraceSource

    state = task.directory / STATE
    lake = Lake(state)
    if not lake.trace_files():
        raise InvalidData(f"{state}: no production log was taken in yet; run: rung ingest FILE")
    connection = open_session(state, memory_limit=MEMORY_LIMIT)
    try:
        create_views(connection, lake)
        yield DuckTraceSource(connection, name=_name(lake))
    finally:
        connection.close()


def labour_of(task: Task) -> Labour:
    """Wage and minutes as rung.yaml states them."""
    minutes = {flow.name: flow.correction_minutes for flow in task.flows}
    return Labour(task.prices.wage_usd_per_hour, {name: value for name, value in minutes.items() if value is not None})


def _name(lake: Lake) -> str:
    batches = len(lake.trace_files())
    return f"production log in {STATE}/traces ({batches} {'batch' if batches == 1 else 'batches'})"


def _take_in(task_file: Path, task: Task, observer: Observer) -> None:
    """Ingests what data.traces names and no earlier ingest has read to its last byte."""
    if task.data.traces is None or task.warehouse is not None:
        return
    from rung.adapters.store import SqlStore

    files = sorted(path for path in task.directory.glob(task.data.traces) if path.is_file())
    for path in files:
        if not path.resolve().is_relative_to(task.directory.resolve()):
            raise InvalidTask(
                f"{task_file}: data.traces {task.data.traces!r} leads outside the project directory, by a link to "
                f"{path.resolve()}; copy the file into it, or take it in by name: rung ingest FILE"
            )
    if not files:
        from rung.adapters.traces import Lake

        nothing = f"{task_file}: data.traces {task.data.traces!r} names no file"
        if not Lake(task.directory / STATE).trace_files():
            raise InvalidData(f"{nothing}; correct it, or run: rung ingest FILE")
        observer.note(f"{nothing}; what was taken in before is measured")
        return
    known: set[str] = set()
    if (task.directory / STATE / "rung.db").exists():
        with SqlStore(task.directory / STATE / "rung.db") as store:
            known = {str(event.payload["sha256"]) for event in store.events(INGESTED)}
    fresh = [path for path in files if _sha256(path) not in known]
    if not fresh:
        return
    taken = ingest(task_file, [str(path) for path in fresh], observer=observer)
    for path, because in taken.failed.items():
        observer.note(f"{path.name} was not taken in: {because}")
    for tally in taken.tallies:
        if tally.quarantined:
            observer.note(
                f"{tally.file.name}: {tally.quarantined:,} rows are in .rung/quarantine; rung ingest lists why"
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
