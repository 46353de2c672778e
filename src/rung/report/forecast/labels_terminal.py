"""A forecast of labels on a terminal, at 60 columns and wider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rung.estimate import LEVEL
from rung.report.escape import plain
from rung.report.figures import show, show_value
from rung.report.forecast import labels_lines as lines
from rung.report.page import Page
from rung.report.words import PROVENANCES

if TYPE_CHECKING:
    from rung.forecast.learning_curve import LabelsForecast, PartForecast


def render_labels(found: LabelsForecast, width: int, *, colour: bool = False) -> str:
    """The answers first, then each strategy's targets, points and curve."""
    from rich.text import Text

    page = Page(width, colour=colour)
    page.console.print(Text(lines.TITLE, style=page.bold))
    for told in lines.lead(found):
        page.say(told)
    for one in found.strategies:
        for part in one.parts:
            if part.points:
                _part(page, f"{one.title}{f', {part.segment} items' if part.segment else ''}", part)
    if found.refused is None:
        page.sentences("Notes", [lines.effort(found), *found.notes])
        page.sentences("How to read it", lines.readings())
    page.console.print()
    legend = ", ".join(f"{mark.symbol} {mark.word}" for mark in PROVENANCES.values())
    page.say(f"Intervals are two-sided {LEVEL:.0%}. {legend}.")
    return page.text


def _part(page: Page, title: str, part: PartForecast) -> None:
    page.heading(title)
    for target in part.targets:
        page.say(f"For a task success of at least {show_value(target.minimum, 'share')}:")
        _pairs(page, lines.target_lines(target))
    columns = [
        ("fits", [str(point.fits) for point in part.points]),
        ("wrong answers", [show(point.error) for point in part.points]),
    ]
    page.console.print()
    page.tables(("labels", [f"{point.labels:,}" for point in part.points]), columns)
    curve = lines.curve_lines(part)
    if curve:
        page.console.print()
        page.say("The curve, error = c + a n^-b:")
        _pairs(page, curve)


def _pairs(page: Page, told: Sequence[lines.Line]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in told:
        grid.add_row(Text(line.name), Text(plain(line.told)))
    page.console.print(Padding(grid, (0, 0, 0, 2)))
