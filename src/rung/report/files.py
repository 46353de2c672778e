"""The three files of a decision, written so that a reader never sees half of one."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rung.decide.decision import Decision
from rung.errors import RungError
from rung.report.html import render_html
from rung.report.markdown import render_markdown


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where the files lie."""

    json: Path
    markdown: Path
    html: Path

    def __iter__(self) -> Any:
        """The three paths, the one most people open first."""
        return iter((self.html, self.markdown, self.json))


def write_reports(decision: Decision, record_json: Mapping[str, Any], directory: Path) -> ReportPaths:
    """Write decision.json (the record as given), decision.md and report.html; the directory is made if needed.

    All three are rendered before the first is replaced. Raises `RungError` when the directory cannot be written.
    """
    paths = ReportPaths(directory / "decision.json", directory / "decision.md", directory / "report.html")
    texts = {
        paths.json: json.dumps(record_json, ensure_ascii=False, allow_nan=False, indent=2) + "\n",
        paths.markdown: render_markdown(decision),
        paths.html: render_html(decision),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            _replace(path, text)
    except OSError as error:
        raise RungError(
            f"{error.filename or directory}: the report could not be written ({error.strerror}); "
            "free space there, make it writable, or choose another directory"
        ) from error
    return paths


def _replace(path: Path, text: str) -> None:
    """The old file stays whole until the new one is on the disk."""
    # A lone surrogate has no UTF-8; its backslash form is the escape that JSON itself uses.
    data = text.encode("utf-8", "backslashreplace")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
