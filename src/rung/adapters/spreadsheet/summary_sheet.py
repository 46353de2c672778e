"""The sheet of sums: what each strategy comes to, against the lightest, with the checks that the sums agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rung.adapters.spreadsheet.grid import Grid, plain_cell
from rung.adapters.spreadsheet.strategy_sheet import Placed
from rung.economics.costs import AnnualCost
from rung.estimate import Estimate, Figure

HEAD_ROW = 3
CENT = 0.005
"""Two sums that differ by less are the same amount of money."""
HEADS = (
    "Strategy", "Total, USD", "Accepted outcomes", "Cost per success, USD", "Value of outcomes, USD",
    "Value less cost, USD", "Difference to the first priced, USD", "Check: lines = months",
    "Simulated: median", "Simulated: 5th percentile", "Simulated: 95th percentile", "Simulated: 90th percentile",
    "Without a price",
)  # fmt: skip
TOTAL, ACCEPTED, SUCCESS, VALUE, NET, DIFFERENCE, CHECK, SIMULATED, UNKNOWN = 1, 2, 3, 4, 5, 6, 7, 8, 12


def write_summary(grid: Grid, placed: Sequence[Placed], costs: Mapping[str, AnnualCost]) -> None:
    """Writes the sheet; strategies stand in the order of `placed`, the lightest first."""
    grid.text(0, 0, "Summary", "title")
    grid.text(
        1, 0, "Columns B to H follow the sheets behind. Columns I to L are results of the simulation, as numbers."
    )
    grid.heads(HEAD_ROW, HEADS)
    grid.sheet.set_column(0, 0, 30)
    grid.sheet.set_column(1, SIMULATED + 3, 17)
    grid.sheet.set_column(UNKNOWN, UNKNOWN, 60)
    grid.sheet.freeze_panes(HEAD_ROW + 1, 1)
    base = next((number for number, one in enumerate(placed) if not one.unknown), None)
    for number, one in enumerate(placed):
        row = HEAD_ROW + 1 + number
        grid.text(row, 0, one.strategy)
        grid.formula(row, TOTAL, one.total, one.total_usd, "money")
        _outcomes(grid, row, one)
        if base is not None and not one.unknown:
            first = plain_cell(HEAD_ROW + 1 + base, TOTAL)
            here = plain_cell(row, TOTAL)
            grid.formula(row, DIFFERENCE, f"{here}-{first}", one.total_usd - placed[base].total_usd, "money")
        same = f'IF(ABS({one.total}-{one.by_month})<{CENT},"agree","DIFFER")'
        grid.formula(row, CHECK, same, "agree", "ok")
        _simulated(grid, row, costs.get(one.strategy))
        if one.unknown:
            grid.text(row, UNKNOWN, f"the total is without: {', '.join(one.unknown)}", "text")


def _outcomes(grid: Grid, row: int, one: Placed) -> None:
    total = plain_cell(row, TOTAL)
    if one.accepted is None:
        grid.text(row, ACCEPTED, "unknown")
        grid.text(row, SUCCESS, "unknown")
    else:
        accepted = plain_cell(row, ACCEPTED)
        grid.formula(row, ACCEPTED, one.accepted, one.accepted_count)
        _cost_per_success(grid, row, one, f'IF({accepted}>0,{total}/{accepted},"none accepted")')
    if one.value is None:
        grid.text(row, VALUE, "unknown")
        grid.text(row, NET, "unknown")
    else:
        grid.formula(row, VALUE, one.value, one.value_usd, "money")
        grid.formula(row, NET, f"{plain_cell(row, VALUE)}-{total}", one.value_usd - one.total_usd, "money")


def _cost_per_success(grid: Grid, row: int, one: Placed, formula: str) -> None:
    if one.unknown:  # a part of the cost over all outcomes would look cheaper than it is
        grid.text(row, SUCCESS, "unknown")
    else:
        now = one.total_usd / one.accepted_count if one.accepted_count > 0 else "none accepted"
        grid.formula(row, SUCCESS, formula, now, "unit_money")


def _simulated(grid: Grid, row: int, cost: AnnualCost | None) -> None:
    if cost is None:
        return
    total: Figure = cost.total_usd
    if not isinstance(total, Estimate):
        grid.text(row, SIMULATED, "unknown")
        return
    p90 = cost.p90_usd.value if isinstance(cost.p90_usd, Estimate) else None
    for place, value in enumerate((total.value, total.low, total.high, p90)):
        if value is not None:
            grid.number(row, SIMULATED + place, value, "money")
