"""Every line of every strategy, down to the total."""

from __future__ import annotations

from collections.abc import Sequence

from rung.economics.costs import AnnualCost
from rung.estimate import Estimate, Missing
from rung.report.cost.account import Account
from rung.report.cost.amounts import added_up, places_for, symbol, told
from rung.report.cost.budget import budget_sentences
from rung.report.cost.part import ABSENT, Part, Table
from rung.report.words import title_words

SUMS = ("Total (median)", "5th percentile", "95th percentile", "90th percentile")


def part(account: Account) -> Part:
    """A table of lines by strategies. Each column adds up to its total as it stands there, digit by digit."""
    table = line_table(account)
    months = "month" if account.months == 1 else "months"
    lead = (
        f"USD over {account.months} {months}. Each column adds up to its total. A line is its mean over the middle "
        "tenth of the draws, so that lines add up to the median total; percentiles of lines would not.",
    )
    return Part(
        "waterfall",
        "Where the money goes",
        lead if table is not None else (),
        () if table is None else (table,),
        (*budget_sentences(account), *_unknown(account)),
    )


def line_table(account: Account) -> Table | None:
    """Lines by strategies; None where no strategy was priced."""
    if not account.costs:
        return None
    places = shown_places(account)
    names = _merged([[item.name for item in one.items] for one in account.costs])
    columns = [_column(one, names, places) for one in account.costs]
    titles = (*map(title_words, names), *SUMS)
    rows = tuple((title, *(column[row] for column in columns)) for row, title in enumerate(titles))
    return Table("Lines of cost, USD", ("Line", *(one.strategy for one in account.costs)), rows, len(SUMS))


def shown_places(account: Account) -> int:
    """Digits behind the point in every table of amounts of the account."""
    return places_for([one.total_usd.value for one in account.costs if isinstance(one.total_usd, Estimate)] or [1e9])


def _column(cost: AnnualCost, names: Sequence[str], places: int) -> list[str]:
    known = {item.name: item.usd for item in cost.items if isinstance(item.usd, Estimate)}
    amounts, total = added_up([one.value for one in known.values()], places)
    told_by_name = {
        name: f"{told(amount, places)} {symbol(figure)}"
        for (name, figure), amount in zip(known.items(), amounts, strict=True)
    }
    mine = {item.name for item in cost.items}
    cells = [told_by_name.get(name, "unknown" if name in mine else ABSENT) for name in names]
    if not isinstance(cost.total_usd, Estimate):
        return [*cells, *(["unknown"] * len(SUMS))]
    figure = cost.total_usd
    p90 = cost.p90_usd.value if isinstance(cost.p90_usd, Estimate) else None
    percentiles = [
        ABSENT if one is None else f"{told(one, places)} {symbol(figure)}" for one in (figure.low, figure.high, p90)
    ]
    return [*cells, f"{told(total, places)} {symbol(figure)}", *percentiles]


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """All names, each after those that come before it wherever it stands."""
    merged: list[str] = []
    for order in orders:
        place = 0
        for name in order:
            if name in merged:
                place = merged.index(name) + 1
            else:
                merged.insert(place, name)
                place += 1
    return merged


def _unknown(account: Account) -> tuple[str, ...]:
    """A sentence for each strategy without a total, and one for all that wait for the same."""
    gaps = [f"{one.strategy} has no total. Unknown: {_gaps(one)}.{_remedy(one)}" for one in account.unpriced]
    waiting: dict[str, list[str]] = {}
    for name, because in account.not_run.items():
        waiting.setdefault(because, []).append(name)
    return (*gaps, *(f"Not priced: {', '.join(names)}. {_why(because, names)}" for because, names in waiting.items()))


def _why(because: str, names: Sequence[str]) -> str:
    if not because:
        return f"Never run, and a price rests on what a run measures; run: rung run {' '.join(names)}"
    return f"{because[:1].upper()}{because[1:]}."


def _gaps(cost: AnnualCost) -> str:
    """The lines without a price, those with the same reason together."""
    lines: dict[str, list[str]] = {}
    for item in cost.items:
        if isinstance(item.usd, Missing):
            lines.setdefault(item.usd.because, []).append(item.name)
    return "; ".join(f"{', '.join(names)} ({because})" for because, names in lines.items()) or "; ".join(cost.unknown)


def _remedy(cost: AnnualCost) -> str:
    remedy = getattr(cost.total_usd, "remedy", "")
    return f" To price it: {remedy}." if remedy else ""
