from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rung.estimate import Provenance, exact
from rung.report.cost import cash_flow, waterfall
from rung.report.cost.account import Account
from rung.report.cost.budget import budget_sentences
from rung.report.cost.part import Table


def columns(table: Table) -> dict[str, list[str]]:
    """By strategy: its cells above the sums, then the first of the sums."""
    rows = table.rows[: len(table.rows) - table.sums + 1]
    return {name: [row[place] for row in rows] for place, name in enumerate(table.head) if place}


def number(cell: str) -> int:
    found = re.match(r"[\d,]+", cell)
    return int(found[0].replace(",", "")) if found else 0


@pytest.mark.parametrize("part", [waterfall.part, cash_flow.part])
def test_every_column_adds_up_to_its_total_digit_by_digit(part: object, account: Account) -> None:
    assert callable(part)
    [table] = part(account).tables
    added = 0
    for cells in columns(table).values():
        if cells[-1] != "unknown":
            assert sum(map(number, cells[:-1])) == number(cells[-1]) > 0
            added += 1
    assert added == 2


def test_lines_and_months_come_to_the_same_total(account: Account) -> None:
    [lines], [months] = waterfall.part(account).tables, cash_flow.part(account).tables
    totals = columns(lines)
    for name, cells in columns(months).items():
        assert number(cells[-1]) == number(totals[name][-1])


def test_lines_stand_in_the_order_of_a_strategys_life_whichever_has_them(account: Account) -> None:
    [table] = waterfall.part(account).tables
    assert [row[0] for row in table.rows[:5]] == [
        "Build and integration",
        "Annotation and adjudication",
        "Metered model calls",
        "Retrieval index upkeep",
        "Human correction",
    ]


def test_a_line_without_a_price_gives_no_total_and_says_what_would(account: Account) -> None:
    part = waterfall.part(account)
    assert columns(part.tables[0])["lora"] == ["9,000 ○", "unknown", "–", "–", "–", "unknown"]
    told = next(one for one in part.after if one.startswith("lora"))
    assert told == (
        "lora has no total. Unknown: annotation and adjudication (the annotation budget is unknown). "
        "To price it: set lifecycle.annotation_usd."
    )


def test_strategies_that_were_never_run_share_one_command(account: Account) -> None:
    told = " ".join(waterfall.part(account).after)
    assert "run: rung run scratch encoder-head" in told
    assert "Not priced: retrieval-lora. It needs a corpus to retrieve from." in told


def year(account: Account, budget_usd: float) -> Account:
    """The same for twelve months: at the 90th percentile zero-shot costs 11,501.38, retrieval-prompt 14,375.575."""
    return replace(account, months=12, budget_usd=budget_usd)


def test_a_budget_below_every_strategy_names_the_cheapest_and_by_how_much(account: Account) -> None:
    [told] = budget_sentences(year(account, 10_000))
    assert told == (
        "The budget of USD 10,000 is below every strategy at its 90th percentile: the cheapest is zero-shot with "
        "USD 11,501, USD 1,501 above the budget."
    )


def test_a_budget_that_some_hold_says_who_and_who_does_not(account: Account) -> None:
    [told] = budget_sentences(year(account, 12_000))
    assert "90th percentile: zero-shot holds it; retrieval-prompt is above it by USD 2,376." in told
    [both] = budget_sentences(year(account, 20_000))
    assert both.endswith("zero-shot, retrieval-prompt hold it.")


def test_a_budget_of_a_year_is_not_held_against_three_months(account: Account) -> None:
    [told] = budget_sentences(account)
    assert "is for 12 months" in told


def test_a_long_horizon_shows_some_months_and_says_so(account: Account) -> None:
    months = (exact(1.0, "USD", Provenance.ASSUMED, "x"),) * 36
    long = replace(account, months=36, costs=(replace(account.costs[0], monthly_usd=months),))
    part = cash_flow.part(long)
    assert [row[0] for row in part.tables[0].rows] == [*map(str, range(1, 13)), "24", "36"]
    assert "every twelfth is shown" in " ".join(part.lead)
