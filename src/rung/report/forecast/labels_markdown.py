"""A forecast of labels as a section in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.report.figures import show, show_value
from rung.report.forecast import labels_lines as lines
from rung.report.markdown_text import bullets, escape_markdown, pipe_table

if TYPE_CHECKING:
    from rung.forecast.learning_curve import LabelsForecast, PartForecast


def labels_markdown(found: LabelsForecast) -> str:
    """The whole section with its heading."""
    parts = [f"## {lines.TITLE}", bullets(lines.lead(found))]
    for one in found.strategies:
        for part in (part for part in one.parts if part.points):
            name = f"{one.title} ({one.strategy})" + (f", {part.segment} items" if part.segment else "")
            parts += [f"### {escape_markdown(name)}", *_part(part)]
    parts.append(bullets([lines.effort(found), *found.notes, *lines.readings()]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(part: PartForecast) -> list[str]:
    told = []
    for target in part.targets:
        head = [f"Task success at least {show_value(target.minimum, 'share')}", "Forecast"]
        told.append(pipe_table(head, [[line.name, line.told] for line in lines.target_lines(target)]))
    rows = [[line.name, line.told] for line in lines.curve_lines(part)]
    if rows:
        told.append(pipe_table(["The curve", "Found"], rows))
    points = [[f"{point.labels:,}", str(point.fits), show(point.error)] for point in part.points]
    return [*told, pipe_table(["Labels", "Fits", "Wrong answers"], points)]
