"""Figures as rows of a table: name, value, interval and provenance, and below it where each comes from."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import Estimate, Figure
from rung.report.escape import plain
from rung.report.figures import shown
from rung.report.page import Page, broken

Row = tuple[str, Figure]
NAME_ROOM = 24
"""Columns of a name, so that a value, its interval and its provenance stand beside it at 80."""


def figure_rows(page: Page, title: str, rows: Sequence[Row]) -> None:
    """A heading and a table of the figures that are there; what is missing, and why, in a list under it."""
    page.heading(title)
    known = [(plain(name), shown(figure)) for name, figure in rows if isinstance(figure, Estimate)]
    if known:
        page.tables(
            ("", [broken(name, NAME_ROOM) for name, _ in known]),
            [
                ("value", [part.value for _, part in known]),
                ("90% interval", [_interval(part.interval) for _, part in known]),
                ("", [f"{part.symbol} {part.provenance}" for _, part in known]),
            ],
        )
    for name, figure in rows:
        if not isinstance(figure, Estimate):
            part = shown(figure)
            page.say(f"  {plain(name)}: unknown: {part.note}" + (f"; {part.remedy}" if part.remedy else ""))


def sources(rows: Sequence[Row]) -> tuple[str, ...]:
    """Where each figure comes from, those of one source together."""
    names: dict[str, list[str]] = {}
    for name, figure in rows:
        if isinstance(figure, Estimate):
            part = shown(figure)
            told = part.source + (f" ({part.note})" if part.note else "")
            names.setdefault(told, []).append(name)
    return tuple(f"{', '.join(named)}: {told}" for told, named in names.items())


def _interval(text: str) -> str:
    """Short enough for a table of four columns at 80."""
    return text.replace(", no upper bound", " up").replace(", no lower bound", "") or "exact"
