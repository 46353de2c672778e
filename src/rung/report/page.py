"""A page of text for a terminal: fixed width, colours only when asked for, and nothing that data could smuggle in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from rung.report.escape import plain

if TYPE_CHECKING:
    from rich.table import Table

NARROWEST = 40
GAP = 3
"""Blank columns between two of a table."""
_PIECES = re.compile(r"[^\s_./-]*[\s_./-]*")
Column = tuple[str, Sequence[str]]
"""A title and a text for each row, both free of control characters; either may have several lines."""


class Page:
    """Collects what is printed; `text` gives it back without trailing spaces."""

    def __init__(self, width: int, *, colour: bool = False) -> None:
        from rich.console import Console

        self._written = StringIO()
        self.console = Console(
            file=self._written,
            width=max(width, NARROWEST),
            force_terminal=colour,
            color_system="standard" if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    @property
    def bold(self) -> str:
        """The style of headings."""
        return "bold" if self.console.color_system else ""

    def heading(self, title: str) -> None:
        """An empty line and the title."""
        from rich.text import Text

        self.console.print()
        self.console.print(Text(title, style=self.bold))

    def say(self, sentence: str) -> None:
        """A sentence of ours or of the data, wrapped."""
        from rich.text import Text

        self.console.print(Text(plain(sentence)))

    def sentences(self, title: str, sentences: Sequence[str]) -> None:
        """A heading and a list under it; nothing for an empty list."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        if not sentences:
            return
        self.heading(title)
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=1)
        grid.add_column(overflow="fold")
        for sentence in sentences:
            grid.add_row("·", Text(plain(sentence)))
        self.console.print(Padding(grid, (0, 0, 0, 2)))

    def grid(self, *titles: str, numbers_from: int = 1) -> Table:
        """An empty table with these columns; those from `numbers_from` on are set flush right."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
        for position, title in enumerate(titles):
            number = position >= numbers_from
            table.add_column(title, overflow="fold", justify="right" if number else "left", no_wrap=number)
        return table

    def tables(self, first: Column, columns: Sequence[Column]) -> None:
        """The columns flush right beside the first one. Those that do not fit into the page's width stand in a further
        table below, behind the first one again: a cell that was cut would be a wrong number."""
        blocks: list[list[Column]] = [[]]
        used = _width(first)
        for column in columns:
            if blocks[-1] and used + GAP + _width(column) > self.console.width:
                blocks.append([])
                used = _width(first)
            blocks[-1].append(column)
            used += GAP + _width(column)
        for number, block in enumerate(blocks):
            if number:
                self.console.print()
            self._table(first, block)

    def _table(self, first: Column, columns: Sequence[Column]) -> None:
        from rich.text import Text

        table = self.grid(first[0], *(title for title, _ in columns))
        table.columns[0].no_wrap = True
        for row, name in enumerate(first[1]):
            table.add_row(Text(name), *(Text(cells[row]) for _, cells in columns))
        self.console.print(table)

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return "\n".join(line.rstrip() for line in self._written.getvalue().splitlines()) + "\n"


def _width(column: Column) -> int:
    """Cells on a terminal that the widest line of the column takes."""
    from rich.cells import cell_len

    title, cells = column
    return max(cell_len(line) for text in (title, *cells) for line in text.split("\n"))


def broken(name: str, room: int) -> str:
    """The name in lines of at most `room` cells, broken behind a sign between its words where it has one."""
    from rich.cells import cell_len, chop_cells

    lines = [""]
    for piece in _PIECES.findall(name):
        if lines[-1] and cell_len(lines[-1]) + cell_len(piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece
        if cell_len(lines[-1].rstrip()) > room:
            lines[-1:] = chop_cells(lines[-1].rstrip(), room)
    return "\n".join(line.rstrip() for line in lines)
