"""Kills, Ctrl-C, two commands at once, and a model server that misbehaves: nothing that was finished is lost."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from rung.task.example import content_hash

DEV_ITEMS = 30
PATIENCE_S = 120.0


def wait_for(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Returns once it has happened; fails when the process ends before, or patience does."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kept_answers(project: Path) -> set[str]:
    """Content hashes of the inputs whose answers the store holds."""
    store = project / ".rung" / "rung.db"
    if not store.exists():
        return set()
    with closing(sqlite3.connect(store)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'predictions'").fetchone():
            return set()
        return {row[0] for row in connection.execute("SELECT input_hash FROM predictions")}


def outcome(record: Any) -> dict[str, Any]:
    """The parts of a record that no clock has a hand in."""
    strategies = [(one["name"], one["status"], one["metrics"].get("task_success")) for one in record["strategies"]]
    names = ("verdict", "strategy", "headline", "targets", "evidence", "data_hash", "sealed", "rollout")
    return {"strategies": json.dumps(strategies), **{name: record[name] for name in names}}


def cut_short(desk: Any, project: Path, how: signal.Signals) -> tuple[set[str], subprocess.Popen[bytes], str, str]:
    """Starts a decide, sends the signal in the middle of the dev items, and returns what was kept and said."""
    desk.server.delay_s = 0.05
    process = desk.start("decide", "--project", project)
    wait_for(lambda: len(kept_answers(project)) >= 8, process)
    process.send_signal(how)
    out, err = process.communicate(timeout=PATIENCE_S)
    kept = kept_answers(project)
    assert 8 <= len(kept) < DEV_ITEMS
    desk.server.delay_s = 0.0
    desk.server.asked.clear()
    return kept, process, out.decode(), err.decode()


def test_after_a_kill_no_finished_call_is_repeated_and_the_decision_is_the_same(desk: Any) -> None:
    project = desk.project("killed")
    kept, process, _, _ = cut_short(desk, project, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    resumed = desk.rung("decide", "--json", "--project", project)
    assert resumed.code == 0
    missing = DEV_ITEMS - len(kept)
    asked_on_dev = {content_hash(question) for question in desk.server.asked[:missing]}
    assert len(asked_on_dev) == missing
    assert not asked_on_dev & kept
    assert f"{missing + 45} model calls made, {len(kept)} answers reused" in resumed.err  # 45 sealed items
    whole = desk.rung("decide", "--json", "--project", desk.project("whole"))
    assert outcome(resumed.document) == outcome(whole.document)


def test_ctrl_c_says_that_what_is_done_is_kept_and_the_same_command_goes_on(desk: Any) -> None:
    project = desk.project()
    kept, process, out, err = cut_short(desk, project, signal.SIGINT)
    assert process.returncode == 130
    assert out == ""
    assert err.endswith("Stopped. Everything finished so far is kept; the same command goes on from here.\n")
    assert "Traceback" not in err
    again = desk.rung("decide", "--project", project)
    assert again.code == 0
    assert f"{len(kept)} answers reused" in again.err


def test_a_kill_while_the_sealed_split_is_open_leaves_one_opening(desk: Any) -> None:
    project = desk.project()
    desk.rung("run", "--project", project)
    desk.server.delay_s = 0.05
    desk.server.asked.clear()
    process = desk.start("decide", "--project", project)
    wait_for(lambda: len(desk.server.asked) >= 12, process)
    process.kill()
    process.communicate()
    desk.server.delay_s = 0.0
    before = desk.rung("audit", "--json", "--project", project).document
    assert [event["kind"] for event in before] == ["sealed.opened"]
    assert desk.rung("decide", "--project", project).code == 0
    after = desk.rung("audit", "--json", "--project", project).document
    assert [event["kind"] for event in after] == ["sealed.opened", "sealed.judged", "decision.recorded"]


def test_of_two_at_once_the_second_waits_says_so_and_both_end_well(desk: Any) -> None:
    project = desk.project()
    desk.server.delay_s = 0.5  # the first is still at it when the second comes, however busy the machine
    first = desk.start("decide", "--json", "--project", project)
    wait_for(lambda: len(desk.server.asked) >= 1, first)
    second = desk.start("decide", "--json", "--project", project)
    said = second.stderr.readline()  # what it says before it waits
    desk.server.delay_s = 0.0
    first_out, first_err = first.communicate(timeout=PATIENCE_S)
    second_out, second_err = second.communicate(timeout=PATIENCE_S)
    assert (first.returncode, second.returncode) == (0, 0), first_err + second_err
    assert json.loads(first_out)["id"] == json.loads(second_out)["id"]
    assert f"another rung works on this project (process {first.pid}" in said.decode()
    assert "0 model calls made" in second_err.decode()


def test_a_server_that_fails_half_way_costs_only_what_it_did_not_answer(desk: Any) -> None:
    project = desk.project()
    desk.server.fault = lambda number: (
        desk.Reply(403, b'{"error": {"message": "quota used up"}}') if number > 16 else None
    )
    said = desk.rung("decide", "--project", project)
    assert said.code == 1
    assert "zero-shot: " in said.err
    assert "answered 403 (quota used up)" in said.err
    kept = kept_answers(project)
    assert len(kept) >= 8
    assert f"{len(kept)} of 30 missing answers were obtained and are kept; run the same command again" in said.err
    desk.server.fault = lambda _: None
    again = desk.rung("decide", "--project", project)
    assert again.code == 0
    assert f"{len(kept)} answers reused" in again.err


def test_a_server_that_is_busy_is_asked_again_after_the_time_it_names(desk: Any) -> None:
    busy = desk.Reply(429, b'{"error": {"message": "slow down"}}', {"Retry-After": "1"})
    desk.server.fault = lambda number: busy if number in (2, 5) else None
    said = desk.rung("run", "--json", "--project", desk.project())
    assert said.code == 0
    assert said.document[0]["metrics"]["task_success"]["value"] == 1.0
    assert len(desk.server.asked) == DEV_ITEMS + 2 + 100 + 3  # two refused, then the latency pass and its warm-up


def test_one_internal_error_is_survived(desk: Any) -> None:
    desk.server.fault = lambda number: desk.Reply(500, b"oops") if number == 3 else None
    assert desk.rung("run", "--project", desk.project()).code == 0


def test_garbage_is_quoted_without_its_control_characters(desk: Any) -> None:
    desk.server.fault = lambda _: desk.Reply(200, b"\x1b[31m<html>\x00 proxy error")
    said = desk.rung("decide", "--project", desk.project())
    assert said.code == 1
    assert "the answer is not a chat completion" in said.err
    assert "<html>" in said.err
    assert "\x1b" not in said.err
    assert "\x00" not in said.err


def test_a_redirect_to_another_host_is_not_followed_and_takes_no_key_along(desk: Any) -> None:
    elsewhere = desk.other_server()
    target = f"{elsewhere.base_url}/chat/completions".replace("127.0.0.1", "localhost")
    desk.server.fault = lambda _: desk.Reply(307, b"", {"Location": target})
    project = desk.project()
    text = (
        (project / "rung.yaml").read_text(encoding="utf-8").replace("model: stub", "model: stub, api_key_env: THE_KEY")
    )
    (project / "rung.yaml").write_text(text, encoding="utf-8")
    said = desk.rung("decide", "--project", project, THE_KEY="secret-4711")
    assert said.code == 1
    assert "answered with a redirect to localhost, which is not followed" in said.err
    assert elsewhere.asked == []
    assert desk.server.headers[0]["Authorization"] == "Bearer secret-4711"
    assert "secret-4711" not in said.out + said.err


def test_a_server_that_is_not_there_is_named_with_what_to_do(desk: Any) -> None:
    project = desk.project()
    desk.server.close()
    said = desk.rung("decide", "--project", project)
    assert said.code == 1
    assert "could not be reached" in said.err
    assert "run the same command again" in said.err
