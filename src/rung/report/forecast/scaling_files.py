"""The files of a forecast by scaling: the page for people, and the document for programs."""

from __future__ import annotations

from pathlib import Path

from rung.forecast.scaling import ScalingForecast
from rung.report.forecast.scaling_document import scaling_document
from rung.report.forecast.scaling_page import render_scaling_html
from rung.report.whole_files import json_text, write_whole


def write_scaling(found: ScalingForecast, folder: Path) -> tuple[Path, Path]:
    """Write scaling.html and scaling.json into the folder; returns their paths.

    Both are rendered before the first is replaced. Raises `RungError` when they cannot be written.
    """
    page, document = folder / "scaling.html", folder / "scaling.json"
    write_whole({page: render_scaling_html(found), document: json_text(scaling_document(found))})
    return page, document
