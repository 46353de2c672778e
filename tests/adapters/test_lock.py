from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rung.adapters.lock import project_lock
from rung.errors import RungError, StoreBusy

HOLD = """
import sys
from pathlib import Path
from rung.adapters.lock import project_lock
with project_lock(Path(sys.argv[1]), now=lambda: "2026-01-31T09:30:00+00:00", say=lambda words: None):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process_holds(directory: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.kill()


@contextmanager
def lock(directory: Path, *, said: list[str] | None = None, wait_seconds: float = 0.1) -> Iterator[None]:
    heard: list[str] = [] if said is None else said
    with project_lock(directory, now=lambda: "2026-02-01T00:00:00+00:00", say=heard.append, wait_seconds=wait_seconds):
        yield


def test_a_second_process_says_for_whom_it_waits_and_gives_up_with_the_remedy(tmp_path: Path) -> None:
    said: list[str] = []
    with another_process_holds(tmp_path) as holder:
        with pytest.raises(StoreBusy) as busy, lock(tmp_path, said=said):
            raise AssertionError("two processes hold one project")
        who = f"process {holder.pid}, since 2026-01-31T09:30:00+00:00"
    assert said == [f"another rung works on this project ({who}); waiting up to 0.1 s"]
    assert str(busy.value) == (
        f"{tmp_path}: another rung still holds this project after 0.1 s ({who}); "
        "wait for it to end, or end that process, and run again"
    )


def test_waiting_ends_as_soon_as_the_holder_is_done(tmp_path: Path) -> None:
    entered = False
    with another_process_holds(tmp_path) as holder:

        def release(words: str) -> None:
            assert holder.stdin is not None
            holder.stdin.write("\n")
            holder.stdin.flush()

        with project_lock(tmp_path, now=lambda: "now", say=release, wait_seconds=60):
            entered = True
        assert holder.wait() == 0
    assert entered


def test_the_lock_of_a_killed_process_dies_with_it(tmp_path: Path) -> None:
    said: list[str] = []
    with another_process_holds(tmp_path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with lock(tmp_path, said=said, wait_seconds=0):
            record = json.loads((tmp_path / "lock.json").read_text(encoding="utf-8"))
    assert said == []
    assert record["since"] == "2026-02-01T00:00:00+00:00"


def test_the_lock_is_free_again_after_an_error_inside(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), lock(tmp_path):
        raise KeyboardInterrupt
    assert not (tmp_path / "lock.json").exists()
    said: list[str] = []
    with lock(tmp_path, said=said, wait_seconds=0):
        pass
    assert said == []


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": "many"}'])
def test_a_note_that_cannot_be_read_does_not_hide_that_the_project_is_held(tmp_path: Path, note: str) -> None:
    with another_process_holds(tmp_path):
        (tmp_path / "lock.json").write_text(note, encoding="utf-8")
        with pytest.raises(StoreBusy, match="has not said which process it is"), lock(tmp_path):
            pass


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(RungError, match=re.escape(str(tmp_path / "file" / "state"))), lock(tmp_path / "file" / "state"):
        pass
