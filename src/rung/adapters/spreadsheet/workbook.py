"""The workbook as a whole: what it says of itself, its sheets in order, and its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from rung.adapters.spreadsheet.drivers_sheet import write_drivers
from rung.adapters.spreadsheet.grid import Grid, Styles
from rung.adapters.spreadsheet.names import sheet_names
from rung.adapters.spreadsheet.strategy_sheet import write_strategy
from rung.adapters.spreadsheet.summary_sheet import write_summary
from rung.adapters.whole_file import replace_whole
from rung.economics.costs import AnnualCost
from rung.economics.tco.case import CostCase
from rung.economics.tco.formula import Sheet
from rung.errors import RungError

READ_ME, SUMMARY, DRIVERS = "Read me", "Summary", "Drivers"


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What the first sheet says. `made_at` is ISO 8601 in UTC, `draws` those of the simulated columns; `scope` says
    what the amounts are and what is not in them, a sentence each."""

    project: str
    made_at: str
    draws: int
    scope: tuple[str, ...] = ()


def write_workbook(path: Path, case: CostCase, costs: Mapping[str, AnnualCost], facts: WorkbookFacts) -> None:
    """Writes the file whole or not at all; one that stands there is replaced only by a finished one.

    RungError when it cannot be written.
    """
    data = workbook_bytes(case, costs, facts)
    try:
        replace_whole(path, data)
    except OSError as error:
        raise RungError(
            f"{path}: the workbook could not be written ({error.strerror}); name a file in a directory that is there "
            "and can be written, and close it where another program holds it open"
        ) from error


def workbook_bytes(case: CostCase, costs: Mapping[str, AnnualCost], facts: WorkbookFacts) -> bytes:
    """The case with every driver at its most likely value, as a workbook of live formulas. The same case and facts
    give the same bytes."""
    import xlsxwriter

    held = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    workbook = xlsxwriter.Workbook(held, options)
    made = datetime.fromisoformat(facts.made_at).replace(tzinfo=None)
    workbook.set_properties({"title": f"{facts.project}: {case.months} months of cost", "created": made})
    workbook.set_calc_mode("auto")
    styles = Styles(workbook)
    names = sheet_names((one.strategy for one in case.models), taken=(READ_ME, SUMMARY, DRIVERS))
    grids = {name: Grid(name, workbook.add_worksheet(name), styles) for name in (READ_ME, SUMMARY, DRIVERS)}
    _write_read_me(grids[READ_ME], case, facts)
    cells = write_drivers(grids[DRIVERS], case.drivers)
    engine = Sheet({one.name: one.mode for one in case.drivers}, case.months)
    placed = []
    for model in case.models:
        grid = Grid(names[model.strategy], workbook.add_worksheet(names[model.strategy]), styles)
        placed.append(write_strategy(grid, model, cells, engine, case.months))
    write_summary(grids[SUMMARY], placed, costs)
    workbook.close()
    return held.getvalue()


def _write_read_me(grid: Grid, case: CostCase, facts: WorkbookFacts) -> None:
    lines = (
        f"{case.months} months of every strategy, in USD, worked out by formulas from the sheet Drivers.",
        "Every driver stands at its most likely value, so this is one year and no range; the simulation beside it in "
        f"the sheet Summary draws every driver {facts.draws:,} times (seed {case.seed}).",
        "The total here differs from the simulated median: a year of most likely values is not the middle of all "
        "possible years. Machines are bought whole, and ranges are not symmetric.",
        "To try another value, change a cell in the column VALUE of the sheet Drivers. Sums and checks follow.",
        "To change it for good, set the driver in rung.yaml under drivers, by the name in the first column; then run "
        "rung cost again.",
        "One sheet a strategy: a row a line of cost, a column a month. What is paid once stands in month 1.",
        "A line that cannot be priced says unknown; its strategy's total is then without it, and says so.",
        *facts.scope,
        f"Written by rung for the project {facts.project} at {facts.made_at} (UTC).",
    )
    grid.text(0, 0, f"{facts.project}: {case.months} months of cost", "title")
    grid.sheet.set_column(0, 0, 110)
    for row, line in enumerate(lines, start=2):
        grid.text(row, 0, line, "text")
