"""A sheet written cell by cell: texts stay texts, formulas carry the value that they had when they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from rung.adapters.spreadsheet.names import cell_text, looks_like_a_formula, quoted

Style = Literal["plain", "title", "note", "head", "number", "money", "total", "input", "text", "ok", "unit_money"]

_STYLES: dict[Style, dict[str, Any]] = {
    "plain": {"valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#5a6068", "valign": "top"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0.######", "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "unit_money": {"num_format": "#,##0.0000", "valign": "top"},
    "total": {"num_format": "#,##0.00", "bold": True, "top": 1},
    # Blue on yellow is what finance takes for a cell that may be changed.
    "input": {"num_format": "#,##0.######", "font_color": "#0000c0", "bg_color": "#fff8d6", "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "ok": {"bold": True, "valign": "top"},
}


class Styles:
    """The cell formats of one workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Style, bool], Any] = {}

    def of(self, style: Style, *, quote: bool = False) -> Any:
        """`quote`: the cell is marked as text for programs that would take its first sign for a formula."""
        if (style, quote) not in self._made:
            self._made[style, quote] = self._workbook.add_format({**_STYLES[style], "quote_prefix": quote})
        return self._made[style, quote]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. Rows and columns count from 0, as the library has them."""

    name: str
    sheet: Any
    styles: Styles

    def text(self, row: int, column: int, text: str, style: Style = "plain") -> None:
        """Text that is never worked out, whatever its first sign."""
        told = cell_text(text)
        self.sheet.write_string(row, column, told, self.styles.of(style, quote=looks_like_a_formula(told)))

    def number(self, row: int, column: int, value: float, style: Style = "number") -> None:
        """A number that stands there as it is."""
        self.sheet.write_number(row, column, value, self.styles.of(style))

    def formula(self, row: int, column: int, formula: str, value: float | str, style: Style = "number") -> None:
        """`formula` without its "=", with the value that it has now, for programs that do not work it out."""
        self.sheet.write_formula(row, column, f"={formula}", self.styles.of(style), value)

    def heads(self, row: int, titles: tuple[str, ...]) -> None:
        """A row of column titles, which stays in sight."""
        for column, title in enumerate(titles):
            self.text(row, column, title, "head")

    def cell(self, row: int, column: int) -> str:
        """The cell as formulas of other sheets write it, such as 'Drivers'!$G$5."""
        return f"{quoted(self.name)}!{fixed(row, column)}"


def fixed(row: int, column: int) -> str:
    """$G$5: the same cell wherever the formula is copied to."""
    return f"${column_letters(column)}${row + 1}"


def plain_cell(row: int, column: int) -> str:
    """G5."""
    return f"{column_letters(column)}{row + 1}"


def month_cell(row: int, column: int) -> str:
    """G$5: the head of the column, wherever the formula is copied to below it."""
    return f"{column_letters(column)}${row + 1}"


def column_letters(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters, rest = "", column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
