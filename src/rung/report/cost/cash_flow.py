"""What is paid in which month, with its range."""

from __future__ import annotations

from rung.economics.costs import AnnualCost
from rung.estimate import Estimate
from rung.report.cost.account import Account
from rung.report.cost.amounts import added_up, symbol, told
from rung.report.cost.part import ABSENT, Part, Table
from rung.report.cost.waterfall import shown_places

MOST_MONTHS = 24
"""Shown one by one; of a longer horizon the first twelve and then every twelfth."""


def part(account: Account) -> Part:
    """A table of months by strategies."""
    flows = [one for one in account.priced if one.monthly_usd]
    if not flows:
        return Part("cash_flow", "Month by month")
    shown = _months(account.months)
    places = shown_places(account)
    columns = [_column(one, shown, places) for one in flows]
    whole = len(shown) == account.months
    names = [*map(str, shown), *(["Total"] if whole else [])]
    rows = tuple((name, *(column[row] for column in columns)) for row, name in enumerate(names))
    lead = ["USD paid in the month, with the 5th and the 95th percentile; what is paid once is paid in month 1."]
    if not whole:
        lead.append("Of the months after the twelfth, every twelfth is shown; the JSON document has them all.")
    table = Table("Cash flow, USD", ("Month", *(one.strategy for one in flows)), rows, int(whole))
    return Part("cash_flow", "Month by month", tuple(lead), (table,))


def _months(months: int) -> list[int]:
    every = range(1, months + 1)
    return list(every) if months <= MOST_MONTHS else [one for one in every if one <= 12 or one % 12 == 0]


def _column(cost: AnnualCost, shown: list[int], places: int) -> list[str]:
    values = [one.value if isinstance(one, Estimate) else 0.0 for one in cost.monthly_usd]
    amounts, total = added_up(values, places)
    cells = []
    for number in shown:
        figure = cost.monthly_usd[number - 1]
        if not isinstance(figure, Estimate):
            cells.append("unknown")
            continue
        ends = [ABSENT if end is None else told(end, places) for end in (figure.low, figure.high)]
        band = "" if figure.low == figure.high else f" ({ends[0]}–{ends[1]})"
        cells.append(f"{told(amounts[number - 1], places)}{band} {symbol(figure)}")
    return [*cells, f"{told(total, places)} {symbol(cost.total_usd)}"]
