from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rung.cli.data import command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A made-up project: 40 items of each of two labels, one hostile label, and a text with two labels."""
    rows = [{"id": f"i{n}", "input": f"request {n * 13 % 97} about thing {n}", "expected": "plain"} for n in range(40)]
    rows += [{"id": f"o{n}", "input": f"another {n * 7 % 89} matter {n}", "expected": "odd\x1b[2J"} for n in range(40)]
    rows += [
        {"id": "x1", "input": "Where is it?", "expected": "plain", "group": "x"},
        {"id": "x2", "input": "where is it", "expected": "odd\x1b[2J", "group": "x"},
    ]
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "rung.yaml").write_text(
        "task: {name: t, kind: classify}\ndata: {examples: examples.jsonl}\ntargets: {task_success: {min: 0.8}}\n",
        encoding="utf-8",
    )
    return tmp_path


def said(*words: str, **options: Any) -> Any:
    return CliRunner().invoke(command, ["check", *words], **options)


def test_the_check_tells_what_it_found_within_80_columns(project: Path) -> None:
    result = said("--project", str(project), env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith("sealed.")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "Nothing was\nchanged" in result.stdout


def test_the_document_holds_every_finding_with_its_items(project: Path) -> None:
    result = said("--project", str(project), "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert len(document["summary"]) == 3
    assert document["sizing"][0]["target"] == "task_success"
    assert {one["severity"] for one in document["findings"]} <= {"blocks", "warns", "unknown", "fine"}
    assert {"noise", "crossing", "leaks", "agreement", "balance", "conflicts"} <= document.keys()


def test_data_cannot_steer_the_terminal(project: Path) -> None:
    assert "\x1b" not in said("--project", str(project), color=True).stdout


def test_progress_goes_to_stderr(project: Path) -> None:
    result = said("--project", str(project))
    assert "label noise" in result.stderr
    assert "data check" not in result.stdout


def test_a_project_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert said("--project", str(tmp_path / "nowhere")).exit_code != 0
