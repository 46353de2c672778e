from __future__ import annotations

import json
from pathlib import Path

import pytest

from rung.decide.decision import Decision
from rung.errors import RungError
from rung.report import files
from rung.report.files import write_reports


def test_the_three_files_are_written_and_hold_the_record_as_given(decision: Decision, tmp_path: Path) -> None:
    record = {"verdict": "recommend", "labels": ["Größe", "\udc80"], "value": 0.1}
    paths = write_reports(decision, record, tmp_path / "new" / "out")
    assert json.loads(paths.json.read_text(encoding="utf-8")) == record
    assert paths.markdown.read_text(encoding="utf-8").startswith("# Use retrieval alone")
    assert paths.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in paths.html.parent.iterdir()) == ["decision.json", "decision.md", "report.html"]


def test_a_failing_chart_leaves_every_old_file_whole(
    decision: Decision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_reports(decision, {"number": 1}, tmp_path)

    def broken(_: Decision) -> str:
        raise RuntimeError("no ink")

    monkeypatch.setattr(files, "render_html", broken)
    with pytest.raises(RuntimeError, match="no ink"):
        write_reports(decision, {"number": 2}, tmp_path)
    assert json.loads(paths.json.read_text(encoding="utf-8")) == {"number": 1}


def test_a_number_that_json_cannot_hold_is_refused_before_anything_is_written(
    decision: Decision, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_reports(decision, {"value": float("nan")}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_a_file_is_named_with_a_remedy(decision: Decision, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("here", encoding="utf-8")
    with pytest.raises(RungError, match=r"taken.*choose another directory"):
        write_reports(decision, {}, taken)
    assert taken.read_text(encoding="utf-8") == "here"
