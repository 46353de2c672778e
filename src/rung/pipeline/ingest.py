"""Production logs into the project: `rung ingest`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rung.adapters.clock import SystemClock
from rung.adapters.lock import project_lock
from rung.errors import InvalidData, UsageError
from rung.evidence.traces.aliases import BY_PLAIN_NAME, plain
from rung.evidence.traces.redact import Redaction
from rung.pipeline.observer import Observer
from rung.pipeline.state import STATE
from rung.task.yaml import read_yaml

if TYPE_CHECKING:
    from rung.adapters.traces import Draft, Ingest, Tally

INGESTED = "traces.ingested"
WAIT_SECONDS = 6 * 3600.0
"""Another ingest may read a large log: two of them take turns, however long that is."""
BYTES_SHOWN = 10**6


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of each log, in the order of the command. `failed` are those of which nothing was taken, with the
    reason; `refused` that `strict` found bad rows, so that nothing was written at all."""

    tallies: tuple[Tally, ...]
    failed: Mapping[Path, str] = field(default_factory=dict)
    refused: bool = False
    redacted: Mapping[str, int] = field(default_factory=dict)

    @property
    def took_rows(self) -> bool:
        """Whether the project now has what these logs tell: rows came in, or were there already."""
        return not self.refused and any(
            one.new + one.there + one.outcomes_new + one.outcomes_there for one in self.tallies
        )


def ingest(
    task_file: Path,
    patterns: Sequence[str],
    *,
    observer: Observer,
    format_name: str | None = None,
    names: Mapping[str, str] | None = None,
    redact: Redaction | None = None,
    only_outcomes: bool = False,
    strict: bool = False,
) -> Ingested:
    """Take the logs that `patterns` name (paths or globs) into the project of a rung.yaml.

    Each log is in as a whole or not at all, and one that cannot be read does not keep the others out. With `strict`
    a single bad row, or a log that cannot be read, keeps everything out. Rows that are already there are skipped.
    """
    from rung.adapters.traces import Ingest, Lake, Options

    state = _state(task_file)
    logs = _logs(patterns)
    options = Options(format_name, _checked_names(names or {}), redact, only_outcomes)
    clock = SystemClock()
    tallies: list[Tally] = []
    failed: dict[Path, str] = {}
    with (
        project_lock(state, now=clock.now, say=observer.note, wait_seconds=WAIT_SECONDS),
        Ingest(Lake(state), options) as taking,
    ):
        drafts: list[Draft] = []
        for log in logs:
            observer.stage("ingest", log.name)
            try:
                draft = taking.prepare(log, _progress(observer, log))
            except InvalidData as error:
                failed[log] = str(error)
                continue
            drafts.append(draft)
            if not strict:
                tallies.append(_published(taking, draft, state))
                observer.finished(log.name, f"{draft.tally.new:,} new rows")
        refused = strict and (bool(failed) or any(draft.tally.quarantined for draft in drafts))
        if strict:
            tallies = [draft.tally if refused else _published(taking, draft, state) for draft in drafts]
        redacted = dict(taking.redactor.counts) if taking.redactor is not None else {}
    return Ingested(tuple(tallies), failed, refused, redacted)


def _published(taking: Ingest, draft: Draft, state: Path) -> Tally:
    """The draft in its place, and one event that says so."""
    from rung.adapters.store import SqlStore

    tally = taking.publish(draft)
    with SqlStore(state / "rung.db") as store:
        store.append_event(
            INGESTED,
            {
                "file": tally.file.name,
                "sha256": tally.sha256,
                "format": tally.format,
                "batch": tally.batch,
                "new": tally.new,
                "already_there": tally.there,
                "quarantined": tally.quarantined,
                "outcomes": tally.outcomes_new,
            },
        )
    return tally


def _state(task_file: Path) -> Path:
    """The state directory beside rung.yaml. The task itself may still be unfinished; InvalidTask when it is no YAML."""
    return read_yaml(task_file).path.resolve().parent / STATE


def _logs(patterns: Sequence[str]) -> list[Path]:
    """The files that the patterns name, each once. UsageError for a pattern that names none."""
    found: dict[Path, Path] = {}
    for pattern in patterns:
        path = Path(pattern)
        matches = [path] if path.exists() else _matching(path)
        files = [one for one in matches if one.is_file()]
        if not files:
            what = (
                "is a directory; name the files, as in"
                if path.is_dir()
                else "names no file; give a path or a pattern, as"
            )
            raise UsageError(f"{pattern}: {what} 'logs/*.jsonl'")
        for one in files:
            found.setdefault(one.resolve(), one)
    return list(found.values())


def _matching(pattern: Path) -> list[Path]:
    root = Path(pattern.anchor)
    return sorted(root.glob(str(pattern.relative_to(pattern.anchor))))


def _checked_names(names: Mapping[str, str]) -> dict[str, str]:
    for name, column in names.items():
        if plain(column) not in BY_PLAIN_NAME:
            known = ", ".join(dict.fromkeys(alias.column for alias in BY_PLAIN_NAME.values()))
            raise UsageError(f"--map {name}={column}: {column!r} is no column; give one of {known}")
    return dict(names)


def _progress(observer: Observer, log: Path) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        observer.progress(log.name, done // BYTES_SHOWN, max(total // BYTES_SHOWN, 1), "MB read")

    return tell
