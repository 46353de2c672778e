"""The two files of a failure analysis: the page for people, and the document for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rung.report.diagnosis.document import diagnosis_document
from rung.report.diagnosis.page import render_diagnosis_html
from rung.report.whole_files import json_text, write_whole

if TYPE_CHECKING:
    from rung.pipeline.diagnose import Diagnosed


def write_diagnosis(found: Diagnosed) -> tuple[Path, Path]:
    """Write diagnosis.html and diagnosis.json into the folder of the analysis; returns their paths.

    Both are rendered before the first is replaced. Raises `RungError` when they cannot be written.
    """
    page, document = found.folder / "diagnosis.html", found.folder / "diagnosis.json"
    write_whole({page: render_diagnosis_html(found), document: json_text(diagnosis_document(found))})
    return page, document
