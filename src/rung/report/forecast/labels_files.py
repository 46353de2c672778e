"""The files of a forecast of labels: the page for people, the section in Markdown, the document for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rung.report.forecast.labels_document import labels_document
from rung.report.forecast.labels_markdown import labels_markdown
from rung.report.forecast.labels_page import render_labels_html
from rung.report.whole_files import json_text, write_whole

if TYPE_CHECKING:
    from rung.forecast.learning_curve import LabelsForecast


def write_labels(found: LabelsForecast, folder: Path) -> tuple[Path, ...]:
    """Write labels.html, labels.md and labels.json into the folder; returns their paths.

    All are rendered before the first is replaced. Raises `RungError` when they cannot be written.
    """
    texts = {
        folder / "labels.html": render_labels_html(found),
        folder / "labels.md": labels_markdown(found),
        folder / "labels.json": json_text(labels_document(found)),
    }
    write_whole(texts)
    return tuple(texts)
