"""The account of the cost on a terminal, at 60 columns and wider."""

from __future__ import annotations

from collections.abc import Sequence

from rung.report.cost.account import Account
from rung.report.cost.drivers import HOW_TO_CHANGE, Told, told_drivers, yaml_example
from rung.report.cost.part import Part, Table
from rung.report.cost.parts import parts_of
from rung.report.escape import plain
from rung.report.page import GAP, Page, broken
from rung.report.words import PROVENANCES

NARROWEST_NAME = 20


def render_cost(account: Account, width: int, *, colour: bool = False, drivers: bool = False) -> str:
    """The account as text of at most `width` columns; with `drivers`, every driver behind it.

    Text from data can neither move the cursor nor change a colour.
    """
    page = Page(width, colour=colour)
    _title(page, account)
    for part in parts_of(account):
        _part(page, part)
    if drivers and account.drivers:
        _drivers(page, account)
    page.console.print()
    page.say(", ".join(f"{mark.symbol} {mark.word}" for mark in PROVENANCES.values()) + ".")
    return page.text


def _title(page: Page, account: Account) -> None:
    from rich.text import Text

    months = "month" if account.months == 1 else "months"
    page.console.print(Text(f"{plain(account.name)}: {account.months} {months} of cost", style=page.bold))


def _part(page: Page, part: Part) -> None:
    page.heading(part.title)
    for told in part.lead:
        page.say(told)
    for table in part.tables:
        page.console.print()
        if len(part.tables) > 1 or table.captioned:
            page.say(table.caption)
        _table(page, table)
    if part.after and (part.lead or part.tables):
        page.console.print()
    _list(page, part.after)


def _list(page: Page, sentences: Sequence[str]) -> None:
    from rich.padding import Padding
    from rich.table import Table as Rows
    from rich.text import Text

    rows = Rows.grid(padding=(0, 1))
    rows.add_column(width=1)
    rows.add_column(overflow="fold")
    for told in sentences:
        rows.add_row("·", Text(plain(told)))
    if sentences:
        page.console.print(Padding(rows, (0, 0, 0, 2)))


def _table(page: Page, table: Table) -> None:
    """The table, in several parts where the page is too narrow for it; a rule stands before the sums."""
    columns = [_ruled([plain(row[place]) for row in table.rows], table.sums) for place in range(1, len(table.head))]
    heads = [plain(head).strip() for head in table.head]
    widest = max((max(map(len, (head, *cells))) for head, cells in zip(heads[1:], columns, strict=True)), default=0)
    together = sum(max(map(len, (head, *cells))) + GAP for head, cells in zip(heads[1:], columns, strict=True))
    longest = max((len(plain(row[0])) for row in table.rows), default=0)
    names = [plain(row[0]) for row in table.rows]
    width = page.console.width
    if longest + together > width:
        # In one table with names of two lines where that does; else in several tables with names as they are.
        room = width - together if width - together >= NARROWEST_NAME else width - GAP - widest
        names = [broken(name, max(room, 1)) for name in names]
    page.tables((heads[0], _ruled(names, table.sums)), list(zip(heads[1:], columns, strict=True)))


def _ruled(cells: list[str], sums: int) -> list[str]:
    """The cells with a line before those that are sums of the ones above."""
    if not sums or sums >= len(cells):
        return cells
    widest = max((len(line) for cell in cells for line in cell.split("\n")), default=1)
    return [*cells[:-sums], "─" * widest, *cells[-sums:]]


def _drivers(page: Page, account: Account) -> None:
    page.heading("Drivers")
    page.say(HOW_TO_CHANGE)
    example = yaml_example(account.drivers)
    if example:
        page.console.print()
        for line in example.splitlines():
            page.say(f"  {line}")
    for one in told_drivers(account):
        page.console.print()
        _driver(page, one)


def _driver(page: Page, one: Told) -> None:
    from rich.padding import Padding
    from rich.text import Text

    def say(lines: Sequence[str]) -> None:
        for line in lines:
            page.console.print(Padding(Text(plain(line)), (0, 0, 0, 2)))

    page.console.print(Text(plain(one.name), style=page.bold))
    value = one.value + (f" ({one.range_})" if one.range_ else "")
    say([one.meaning, f"{value} {one.provenance}".rstrip(), f"from: {one.source}", f"read by: {one.readers}"])
    if one.remedy:
        say([f"better known by: {one.remedy}"])
