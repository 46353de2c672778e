"""One rung process at a time in a project: the second one waits, and says for whom."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from rung.errors import RungError, StoreBusy

WAIT_SECONDS = 30.0
"""How long a second process waits by default: longer than a repeated decision, shorter than a person's patience."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as they wrote it down: process id and since when (ISO 8601, UTC)."""

    pid: int
    since: str

    def __str__(self) -> str:
        return f"process {self.pid}, since {self.since}"


@contextmanager
def project_lock(
    directory: Path,
    *,
    now: Callable[[], str],
    say: Callable[[str], None],
    wait_seconds: float = WAIT_SECONDS,
) -> Iterator[None]:
    """Holds the project's lock inside the `with` block.

    The lock is the operating system's and dies with its process, so a kill leaves none behind. If another process
    holds it, `say` gets one sentence naming the holder, then StoreBusy after `wait_seconds`. RungError if
    the directory cannot be written.
    """
    holder_file = directory / "lock.json"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / "lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"another rung works on this project ({_holder(holder_file)}); waiting up to {wait_seconds:g} s")
            lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise StoreBusy(
            f"{directory}: another rung still holds this project after {wait_seconds:g} s ({_holder(holder_file)}); "
            "wait for it to end, or end that process, and run again"
        ) from None
    except OSError as error:
        raise RungError(
            f"{directory}: cannot be locked: {error.strerror or error}; make it a directory that you may write to"
        ) from error
    try:
        with suppress(OSError):  # the lock stands without the note, which only names its holder
            _write(holder_file, {"pid": os.getpid(), "since": now()})
        yield
    finally:
        with suppress(OSError):
            holder_file.unlink()
        lock.release()


def _write(path: Path, content: dict[str, object]) -> None:
    """Replaces the file in one step: a waiting process never reads half of it."""
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)


def _holder(path: Path) -> Holder | str:
    """The holder on record, or words when it has not been written (yet)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Holder(int(content["pid"]), str(content["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said which process it is"
