"""The sheet of drivers: a row each, with the one cell that every formula reads."""

from __future__ import annotations

from collections.abc import Sequence

from rung.adapters.spreadsheet.grid import Grid, plain_cell
from rung.economics.tco.driver import Driver

HEADS = (
    "Name", "Meaning", "Unit", "Low", "Most likely", "High", "VALUE used", "Ends", "Provenance", "Source", "As of",
    "What makes it better known",
)  # fmt: skip
HEAD_ROW = 2
MODE, VALUE = 4, 6
_ENDS = {"bounds": "low and high are bounds", "p5_p95": "low and high are the 5th and 95th percentile"}
_WIDTHS = (38, 48, 18, 13, 13, 13, 14, 28, 12, 60, 12, 40)


def write_drivers(grid: Grid, drivers: Sequence[Driver]) -> dict[str, str]:
    """Writes the sheet; returns the cell of each driver's VALUE, as formulas of other sheets refer to it."""
    grid.text(0, 0, "Drivers", "title")
    grid.text(1, 0, "Change a cell of the column VALUE: every other sheet follows. It stands at the most likely value.")
    grid.heads(HEAD_ROW, HEADS)
    for column, width in enumerate(_WIDTHS):
        grid.sheet.set_column(column, column, width)
    grid.sheet.freeze_panes(HEAD_ROW + 1, 1)
    cells: dict[str, str] = {}
    for row, one in enumerate(drivers, start=HEAD_ROW + 1):
        grid.text(row, 0, one.name)
        grid.text(row, 1, one.meaning, "text")
        grid.text(row, 2, one.unit)
        for column, value in ((3, one.low), (MODE, one.mode), (5, one.high)):
            grid.number(row, column, value)
        grid.formula(row, VALUE, plain_cell(row, MODE), one.mode, "input")
        grid.text(row, 7, "one fixed number" if one.fixed else _ENDS[one.ends])
        grid.text(row, 8, one.provenance.word)
        grid.text(row, 9, one.source, "text")
        grid.text(row, 10, one.as_of)
        grid.text(row, 11, one.remedy, "text")
        cells[one.name] = grid.cell(row, VALUE)
    if drivers:
        grid.sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(drivers), len(HEADS) - 1)
    return cells
