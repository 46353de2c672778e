"""The three files of a decision, written so that a reader never sees half of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rung.decide.decision import Decision
from rung.report.html import render_html
from rung.report.manifest import NAME as MANIFEST
from rung.report.manifest import is_current, manifest_text
from rung.report.markdown import render_markdown
from rung.report.whole_files import json_text, write_whole


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where the files lie."""

    json: Path
    markdown: Path
    html: Path

    def __iter__(self) -> Iterator[Path]:
        """The three paths, the one most people open first."""
        return iter((self.html, self.markdown, self.json))


def write_reports(decision: Decision, record_json: Mapping[str, Any], directory: Path) -> ReportPaths:
    """Write decision.json (the record as given), decision.md and report.html; the directory is made if needed.

    Where they stand already, drawn by this rung from this record and with no byte changed since, nothing is drawn
    again. Otherwise all three are rendered before the first is replaced. Raises `RungError` when the directory cannot
    be written.
    """
    paths = ReportPaths(directory / "decision.json", directory / "decision.md", directory / "report.html")
    record_text = json_text(record_json)
    if is_current(directory, record_text, paths.json.name, frozenset(path.name for path in paths)):
        return paths
    texts = {
        paths.json: record_text,
        paths.markdown: render_markdown(decision),
        paths.html: render_html(decision),
    }
    # The manifest last: whatever stops in between leaves one that matches nothing.
    write_whole({**texts, directory / MANIFEST: manifest_text(texts)})
    return paths
