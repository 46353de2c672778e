from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rung.decide.decision import Decision
from rung.errors import RungError
from rung.report import files, manifest
from rung.report.files import write_reports

FILES = ["decision.json", "decision.md", "manifest.json", "report.html"]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the decisions that were drawn, in order; a page says nothing but the id."""
    found: list[str] = []

    def draw(decision: Decision) -> str:
        found.append(decision.id)
        return f"page of {decision.id}"

    monkeypatch.setattr(files, "render_html", draw)
    return found


def test_the_three_files_are_written_and_hold_the_record_as_given(decision: Decision, tmp_path: Path) -> None:
    record = {"verdict": "recommend", "labels": ["Größe", "\udc80"], "value": 0.1}
    paths = write_reports(decision, record, tmp_path / "new" / "out")
    assert json.loads(paths.json.read_text(encoding="utf-8")) == record
    assert paths.markdown.read_text(encoding="utf-8").startswith("# Use retrieval alone")
    assert paths.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in paths.html.parent.iterdir()) == FILES


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


def test_what_stands_as_it_was_drawn_is_not_drawn_again(minimal: Decision, tmp_path: Path, drawn: list[str]) -> None:
    write_reports(minimal, {"number": 1}, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    paths = write_reports(minimal, {"number": 1}, tmp_path)
    assert drawn == ["d2"]
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["removed", "emptied", "one byte more", "a folder"])
def test_a_file_that_was_changed_or_removed_is_written_anew(
    minimal: Decision, tmp_path: Path, drawn: list[str], name: str, harm: str
) -> None:
    write_reports(minimal, {"number": 1}, tmp_path)
    whole = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    path = tmp_path / name
    if harm == "removed":
        path.unlink()
    elif harm == "a folder":
        path.unlink()
        path.mkdir()
        with pytest.raises(RungError, match=name):
            write_reports(minimal, {"number": 1}, tmp_path)
        return
    else:
        path.write_bytes(b"" if harm == "emptied" else whole[name] + b" ")
    if name == "manifest.json" and harm == "one byte more":
        return  # white space says nothing
    write_reports(minimal, {"number": 1}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == whole
    assert drawn == ["d2", "d2"]


def test_another_record_or_another_rung_draws_anew(
    minimal: Decision, tmp_path: Path, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_reports(minimal, {"number": 1}, tmp_path)
    write_reports(minimal, {"number": 2}, tmp_path)
    monkeypatch.setattr(manifest, "renderer_version", lambda: "another")
    write_reports(minimal, {"number": 2}, tmp_path)
    assert drawn == ["d2"] * 3


def test_the_renderer_is_told_by_its_source_and_its_libraries() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", manifest.renderer_version())
    assert {"altair", "vl-convert-python", "jinja2"} <= set(manifest.DRAWN_BY)
