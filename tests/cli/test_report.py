"""`rung report`: the same files again, and what else a decision can be told as."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FILES = ("decision.json", "decision.md", "report.html")


def folder_of(decided: Any) -> Path:
    path: Path = decided["project"] / ".rung" / "decisions" / decided["first"].document["id"][:16]
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, make_desk: Any) -> Iterator[dict[str, Any]]:
    """A project that was decided under one target and then under another: `ids` in that order."""
    desk = make_desk(tmp_path_factory.mktemp("two"))
    ids = []
    for success in (0.6, 0.7):
        project = desk.project(success=success)
        ids.append(desk.rung("decide", "--json", "--project", project).document["id"])
    yield {"desk": desk, "project": project, "ids": ids}
    desk.close()


def test_the_files_of_decide_come_back_byte_for_byte_whatever_the_surroundings(decided: Any) -> None:
    folder, name = folder_of(decided), decided["first"].document["id"]
    before = contents(folder)  # as the second rung decide left them
    assert json.loads(before["decision.json"]) == decided["first"].document
    shutil.rmtree(folder)
    said = decided["desk"].rung(
        "report", "--decision", name, "--project", decided["project"],
        PYTHONHASHSEED="4242", LC_ALL="de_DE.UTF-8", TZ="Asia/Kathmandu", COLUMNS="200",
    )  # fmt: skip
    assert said.code == 0
    assert contents(folder) == before


def test_a_report_that_stands_is_left_alone_and_one_that_was_changed_is_restored(decided: Any) -> None:
    folder = folder_of(decided)
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    decided["desk"].rung("decide", "--project", decided["project"])
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == times
    whole = contents(folder)
    (folder / "report.html").write_text("<p>Recommend everything</p>", encoding="utf-8")
    decided["desk"].rung("decide", "--project", decided["project"])
    assert contents(folder) == whole


def test_the_decision_may_be_named_by_option_or_in_place_but_not_by_two_names(decided: Any) -> None:
    desk, project, name = decided["desk"], decided["project"], decided["first"].document["id"]
    by_option = desk.rung("report", "--decision", name[:8], "--json", "--project", project)
    assert by_option.document["id"] == name
    assert desk.rung("report", name[:8], "--decision", name[:8], "--project", project).code == 0
    said = desk.rung("report", name[:8], "--decision", "ffff", "--project", project)
    assert said.code == 2
    assert "two decisions are named" in said.err


def test_markdown_goes_to_stdout(decided: Any) -> None:
    said = decided["desk"].rung("report", "--markdown", "--project", decided["project"])
    assert said.out == (folder_of(decided) / "decision.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--json", "--markdown"), "both claim stdout"),
        (("--force",), "--force belongs to --adr"),
        (("--against", "ffff", "--pdf"), "only compares"),
        (("--against", "ffff", "--adr", "x.md"), "only compares"),
    ],
)
def test_options_that_exclude_each_other_are_wrong_usage(decided: Any, words: tuple[str, ...], problem: str) -> None:
    said = decided["desk"].rung("report", *words, "--project", decided["project"])
    assert said.code == 2
    assert problem in said.err


def test_an_adr_is_written_once_and_its_hash_is_that_of_the_record(decided: Any, tmp_path: Path) -> None:
    desk, project = decided["desk"], decided["project"]
    said = desk.rung("report", "--adr", tmp_path / "adr", "--json", "--project", project)
    assert said.code == 0
    [path] = (tmp_path / "adr").iterdir()
    assert path.name == "0001-tickets-zero-shot.md"
    assert str(path) in said.err
    assert said.document["verdict"] == "recommend"
    record = (folder_of(decided) / "decision.json").read_bytes()
    assert hashlib.sha256(record).hexdigest() in path.read_text(encoding="utf-8")
    again = desk.rung("report", "--adr", tmp_path / "adr", "--project", project)
    assert again.code == 1
    assert "is there already" in again.err
    assert desk.rung("report", "--adr", tmp_path / "adr", "--force", "--project", project).code == 0


def test_what_changed_is_told_on_a_terminal_in_markdown_and_as_json(two: Any) -> None:
    desk, project, (first, second) = two["desk"], two["project"], two["ids"]
    words = ("report", "--against", first[:10], "--project", project)
    for_people, for_tickets = desk.rung(*words), desk.rung(*words, "--markdown")
    document = desk.rung(*words, "--json").document
    assert (document["before_id"], document["after_id"], document["equal"]) == (first, second, False)
    kinds = [one["kind"] for one in document["changes"]]
    assert {"verdict", "targets", "sealed"} <= set(kinds)
    for said in (for_people, for_tickets):
        assert said.code == 0
        told = " ".join(said.out.split())
        assert "task success of at least 60% became task success of at least 70%" in told.replace("\\", "")
    assert for_people.out.index("Verdict") < for_people.out.index("Targets")
    assert for_tickets.out.startswith("# What changed")


def test_a_decision_against_itself_is_said_to_be_the_same(two: Any) -> None:
    said = two["desk"].rung("report", two["ids"][0], "--against", two["ids"][0], "--project", two["project"])
    assert "The two are the same decision." in said.out


def test_without_a_browser_the_other_files_stand_and_the_remedy_is_told(decided: Any, tmp_path: Path) -> None:
    said = decided["desk"].rung("report", "--pdf", "--project", decided["project"], PATH=str(tmp_path))
    assert said.code == 1
    assert "install Chromium, Chrome or Edge, or set RUNG_CHROMIUM" in said.err
    assert (folder_of(decided) / "report.html").exists()


@pytest.mark.browser
def test_the_pdf_lies_beside_the_page(decided: Any) -> None:
    said = decided["desk"].rung("report", "--pdf", "--project", decided["project"], PATH=os.environ["PATH"])
    assert said.code == 0, said.err
    assert "report.pdf" in said.out
    assert (folder_of(decided) / "report.pdf").read_bytes().startswith(b"%PDF")
