from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

import pytest
from sqlalchemy import create_engine, text

from rung.adapters.store import SqlStore
from rung.adapters.store.schema import REVISIONS, metadata
from rung.errors import RungError, StoreBusy, StoreDamaged, UsageError
from rung.task.protocols import Prediction

WORKER = Path(__file__).parents[2] / "evaluate" / "crash_worker.py"


def in_a_process(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_everything_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "rung.db"
    command = [sys.executable, str(WORKER), "store", str(path)]
    last = -1
    for acknowledged in (5, 40):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(acknowledged)]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.read().splitlines()
        complete = [line.split() for line in lines if len(line.split()) == 2]
        assert len(complete) >= acknowledged
        with SqlStore(path) as store:
            answers = store.predictions("p")
            events = {event.number: event.payload for event in store.events("batch")}
        for number, event_number in complete:
            assert events[int(event_number)] == {"number": int(number)}
            assert all(f"{number}-{part}" in answers for part in range(4))
        # What was under way is there as a whole batch or not at all.
        assert len(answers) % 4 == 0
        assert max(events) > last
        last = max(events)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_opening_an_up_to_date_store_does_not_import_the_migration_tool(tmp_path: Path) -> None:
    SqlStore(tmp_path / "rung.db").close()
    code = (
        "import sys; from pathlib import Path; from rung.adapters.store import SqlStore\n"
        "SqlStore(Path(sys.argv[1])).close()\n"
        "print('alembic' in sys.modules)"
    )
    done = in_a_process(code, str(tmp_path / "rung.db"))
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_the_migrations_make_exactly_the_tables_that_queries_expect(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    SqlStore(tmp_path / "rung.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'rung.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    from alembic.script import ScriptDirectory

    import rung.adapters.store.migrate as migrate

    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_several_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rung.adapters.store import SqlStore\n"
        "sys.stdin.readline()\n"
        "with SqlStore(Path(sys.argv[1])) as store: store.append_event('opened', {})"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "rung.db")], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in processes] == [b"", b"", b""]
    with SqlStore(tmp_path / "rung.db") as store:
        assert len(store.events("opened")) == 3


def test_a_replacement_cannot_slip_past_the_append_only_rule(tmp_path: Path) -> None:
    with SqlStore(tmp_path / "rung.db") as store:
        event = store.append_event("sealed_opened", {"candidate": "retrieval"})
        outside = sqlite3.connect(tmp_path / "rung.db")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            outside.execute("INSERT OR REPLACE INTO events VALUES (?, 'now', 'forged', '{}')", (event.number,))
        outside.close()
        assert store.events() == [event]


def test_times_come_from_the_clock_that_was_given(tmp_path: Path) -> None:
    with SqlStore(tmp_path / "rung.db", now=lambda: "2026-01-31T09:30:00+00:00") as store:
        assert store.append_event("a", {}).at == "2026-01-31T09:30:00+00:00"


@pytest.mark.parametrize(("durability", "pragma"), [("full", 2), ("normal", 1)])
def test_writes_reach_the_disk_as_asked(tmp_path: Path, durability: str, pragma: int) -> None:
    store = SqlStore(tmp_path / "rung.db", durability="full" if durability == "full" else "normal")
    with store._engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == pragma
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    store.close()


def test_a_path_with_odd_characters_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=ro#é%20" / "rung.db"
    with SqlStore(path) as store:
        store.append_event("a", {})
    assert path.is_file()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a b?mode=ro#é%20"]


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "rung.db"
    SqlStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreDamaged, match=re.escape(f"{path}: written by a newer rung (schema 9999, this one knows")):
        SqlStore(path)


def test_somebody_elses_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    connection.close()
    with pytest.raises(StoreDamaged, match="belongs to something else"):
        SqlStore(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]
    connection.close()


def test_a_file_that_is_no_database_is_named_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "rung.db"
    path.write_bytes(b"This was never a database. " * 200)
    with pytest.raises(StoreDamaged, match="restore it from a backup") as damaged:
        SqlStore(path)
    assert str(path) in str(damaged.value)
    assert path.read_bytes().startswith(b"This was never")


def test_pages_that_were_overwritten_are_reported_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "rung.db"
    with SqlStore(path) as store:
        for number in range(200):
            store.save_predictions("p", {str(number): Prediction("x", raw="y" * 500)})
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(os.urandom(path.stat().st_size - 4096 * 3))
    with pytest.raises(StoreDamaged), SqlStore(path) as store:
        store.predictions("p")


@pytest.mark.parametrize(
    "forged",
    ['{"output": 3}', "not json", '{"output": "a", "confidence": "high"}', '{"output": "a", "failure": "bored"}', "[]"],
)
def test_an_answer_that_was_changed_outside_rung_is_refused(tmp_path: Path, forged: str) -> None:
    path = tmp_path / "rung.db"
    with SqlStore(path) as store:
        store.save_predictions("p", {"a": Prediction("x")})
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE predictions SET answer = ?", (forged,))
        connection.close()
        with pytest.raises(StoreDamaged, match="an answer of predictor p does not read as it was written"):
            store.predictions("p")


def test_a_missing_table_is_reported_as_damage_not_as_a_traceback(tmp_path: Path) -> None:
    with SqlStore(tmp_path / "rung.db") as store:
        with sqlite3.connect(tmp_path / "rung.db") as connection:
            connection.execute("DROP TABLE fits")
        connection.close()
        with pytest.raises(StoreDamaged, match="no such table: fits"):
            store.fit_seconds("p")


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(RungError, match="cannot be made") as refused:
        SqlStore(tmp_path / "file" / "rung.db")
    assert str(tmp_path / "file") in str(refused.value)


def test_a_directory_without_permission_to_write_is_named(tmp_path: Path) -> None:
    """In a process that gives up its right to ignore permissions, where it has one."""
    shut = tmp_path / "shut"
    shut.mkdir()
    for directory in (tmp_path, *tmp_path.parents):
        if directory == Path(gettempdir()):
            break
        directory.chmod(0o755)  # how deep the tests' directory lies depends on who runs them
    shut.chmod(0o555)
    code = (
        "import os, sys; from pathlib import Path; from rung.adapters.store import SqlStore\n"
        "from rung.errors import RungError\n"
        "SqlStore(Path(sys.argv[1]).parent / 'open' / 'rung.db').close()\n"  # imports all it needs, while it may
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: SqlStore(Path(sys.argv[1]) / 'rung.db')\n"
        "except RungError as error: print(error)"
    )
    done = in_a_process(code, str(shut))
    assert done.stderr == ""
    assert "cannot be written" in done.stdout
    assert "permission" in done.stdout
    assert str(shut / "rung.db") in done.stdout


def test_a_disk_that_fills_up_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """A limit on the size of any file that the process may write stands in for the end of the disk."""
    path = tmp_path / "rung.db"
    SqlStore(path).close()
    code = (
        "import resource, sys; from pathlib import Path; from rung.adapters.store import SqlStore\n"
        "from rung.errors import RungError\n"
        "from rung.task.protocols import Prediction\n"
        "store = SqlStore(Path(sys.argv[1])); resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); done = 0\n"
        "try:\n"
        "    while done < 2000: store.save_predictions('p', {str(done): Prediction('x', raw='y' * 2000)}); done += 1\n"
        "except RungError as error: print(done); print(error)"
    )
    done = in_a_process(code, str(path))
    assert done.stderr == ""
    count, message = done.stdout.splitlines()
    assert int(count) > 10
    assert "run again, everything that was finished before is kept" in message
    assert str(path) in message
    with SqlStore(path) as store:
        assert set(store.predictions("p")) >= {str(number) for number in range(int(count))}


def test_a_store_that_stays_locked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rung.adapters.store.engine.BUSY_MILLISECONDS", 50)
    path = tmp_path / "rung.db"
    with SqlStore(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="another process is writing"):
            store.append_event("a", {})
        other.execute("ROLLBACK")
        other.close()
        assert store.append_event("a", {}).number == 1


@pytest.mark.parametrize("url", ["mysql://host/db", "nonsense://host", "postgresql+nonsense://host/db", "://"])
def test_an_address_that_cannot_be_a_store_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        SqlStore(url)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(RungError, match="does not answer") as refused:
        SqlStore("postgresql+psycopg://me:hunter2@127.0.0.1:1/rung")
    assert "127.0.0.1" in str(refused.value)
    assert "hunter2" not in str(refused.value)
