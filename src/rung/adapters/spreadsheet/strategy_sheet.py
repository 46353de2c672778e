"""The sheet of one strategy: its lines by month, each cell the formula that the simulation draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rung.adapters.spreadsheet.grid import Grid, Style, month_cell, plain_cell
from rung.economics.tco.case import CostLine, CostModel
from rung.economics.tco.formula import FloatArray, Formula, Sheet, spreadsheet
from rung.estimate import Missing

HEAD_ROW = 3
HOW, WHEN, TOTAL, FIRST_MONTH = 1, 2, 3, 4
LONGEST_FORMULA = 8_000
"""Spreadsheets take 8,192 characters."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the sums of a strategy stand, as other sheets refer to them, and their values; None where there are none.

    `total` adds the lines, `by_month` adds the months; `unknown` names the lines without a price.
    """

    strategy: str
    total: str
    by_month: str
    total_usd: float
    accepted: str | None
    accepted_count: float
    value: str | None
    value_usd: float
    unknown: tuple[str, ...]


def write_strategy(grid: Grid, model: CostModel, cells: Mapping[str, str], engine: Sheet, months: int) -> Placed:
    """Writes the sheet. `cells` are the drivers' cells, `engine` the same case with every driver at its most likely."""
    return _Writer(grid, cells, engine, months).written(model)


class _Writer:
    def __init__(self, grid: Grid, cells: Mapping[str, str], engine: Sheet, months: int) -> None:
        self._grid = grid
        self._cells = cells
        self._engine = engine
        self._months = months

    def written(self, model: CostModel) -> Placed:
        grid = self._grid
        self._head(model)
        first = HEAD_ROW + 1
        usd = 0.0
        for row, line in enumerate(model.lines, start=first):
            usd += self._line(row, line)
        bottom = first + len(model.lines)
        by_month = self._totals(first, bottom, model)
        accepted, accepted_count = self._outcomes(bottom + 3, "Accepted outcomes", model.accepted, "number")
        value, value_usd = self._outcomes(bottom + 4, "Value of accepted outcomes, USD", model.value_usd, "money")
        unknown = tuple(line.name for line in model.unknown)
        return Placed(
            model.strategy, grid.cell(bottom, TOTAL), by_month, usd, accepted, accepted_count, value, value_usd, unknown
        )

    def _head(self, model: CostModel) -> None:
        grid = self._grid
        grid.text(0, 0, model.strategy, "title")
        grid.text(
            1, 0, "USD a month, every driver at the VALUE of the sheet Drivers. A cost paid once stands in month 1."
        )
        grid.heads(HEAD_ROW, ("Line", "How it is worked out", "When", f"Total of {self._months} months"))
        for number in range(self._months):
            grid.number(HEAD_ROW, FIRST_MONTH + number, number + 1, "head")
        grid.sheet.set_column(0, 0, 30)
        grid.sheet.set_column(HOW, HOW, 60)
        grid.sheet.set_column(WHEN, WHEN, 9)
        grid.sheet.set_column(TOTAL, TOTAL, 16)
        grid.sheet.set_column(FIRST_MONTH, FIRST_MONTH + self._months - 1, 12)
        grid.sheet.freeze_panes(HEAD_ROW + 1, 1)

    def _line(self, row: int, line: CostLine) -> float:
        """Writes the row; returns what it adds to the total."""
        grid = self._grid
        grid.text(row, 0, line.name)
        grid.text(row, WHEN, line.when)
        if isinstance(line.usd, Missing):
            grid.text(row, HOW, f"{line.how}. Unknown: {line.usd.because}; {line.usd.remedy}", "text")
            grid.text(row, TOTAL, "unknown")
            return 0.0
        grid.text(row, HOW, line.how + self._length_note(line.usd), "text")
        amounts: list[float] = self._engine.monthly(line.usd)[:, 0].tolist()
        if line.when == "once":
            amounts = [amounts[0], *([0.0] * (self._months - 1))]
        self._months_of(row, line.usd, amounts, once=line.when == "once", style="money")
        return sum(amounts, 0.0)

    def _months_of(self, row: int, formula: Formula, amounts: list[float], *, once: bool, style: Style) -> None:
        for number, amount in enumerate(amounts):
            column = FIRST_MONTH + number
            if once and number:
                self._grid.number(row, column, 0.0, style)
                continue
            if self._length_note(formula):
                self._grid.number(row, column, amount, style)
            else:
                told = spreadsheet(formula, self._cells, month_cell(HEAD_ROW, column))
                self._grid.formula(row, column, told, amount, style)
        self._grid.formula(row, TOTAL, f"SUM({self._row(row)})", sum(amounts), style)

    def _totals(self, first: int, bottom: int, model: CostModel) -> str:
        """The row of totals, and below it the same sum by month; returns the cell of the latter."""
        grid = self._grid
        grid.text(bottom, 0, "Total" if not model.unknown else "Total of the lines that have a price", "total")
        priced = [line for line in model.lines if not isinstance(line.usd, Missing)]
        whole = 0.0
        for number in range(self._months):
            amount = sum(self._amount(line, number) for line in priced)
            whole += amount
            self._sum(first, bottom, FIRST_MONTH + number, amount)
        self._sum(first, bottom, TOTAL, whole)
        grid.text(bottom + 1, 0, "The same, added up by month")
        grid.formula(bottom + 1, TOTAL, f"SUM({self._row(bottom)})", whole, "money")
        return grid.cell(bottom + 1, TOTAL)

    def _amount(self, line: CostLine, number: int) -> float:
        if isinstance(line.usd, Missing) or (line.when == "once" and number):
            return 0.0
        return float(self._engine.monthly(line.usd)[number, 0])

    def _sum(self, first: int, bottom: int, column: int, value: float) -> None:
        if bottom == first:  # no lines, nothing to add up
            self._grid.number(bottom, column, 0.0, "total")
            return
        cells = f"{plain_cell(first, column)}:{plain_cell(bottom - 1, column)}"
        self._grid.formula(bottom, column, f"SUM({cells})", value, "total")

    def _outcomes(self, row: int, title: str, formula: Formula | Missing, style: Style) -> tuple[str | None, float]:
        self._grid.text(row, 0, title)
        if isinstance(formula, Missing):
            self._grid.text(row, HOW, f"Unknown: {formula.because}; {formula.remedy}", "text")
            self._grid.text(row, TOTAL, "unknown")
            return None, 0.0
        self._grid.text(row, HOW, self._length_note(formula).removeprefix(". "), "text")
        amounts: FloatArray = self._engine.monthly(formula)[:, 0]
        self._months_of(row, formula, amounts.tolist(), once=False, style=style)
        return self._grid.cell(row, TOTAL), float(amounts.sum())

    def _length_note(self, formula: Formula) -> str:
        """Said of a formula that no cell can hold; "" for all others."""
        last = month_cell(HEAD_ROW, FIRST_MONTH + self._months)
        too_long = len(spreadsheet(formula, self._cells, last)) > LONGEST_FORMULA
        return ". Its formula is too long for a cell: the amounts stand as numbers" if too_long else ""

    def _row(self, row: int) -> str:
        return f"{plain_cell(row, FIRST_MONTH)}:{plain_cell(row, FIRST_MONTH + self._months - 1)}"
