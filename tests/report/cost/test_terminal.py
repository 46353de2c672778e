from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.report.cost import render_cost
from rung.report.cost.account import Account

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


@pytest.mark.parametrize("name", ["account", "bare"])
def test_the_words_at_80_columns_are_those_reviewed(name: str, request: pytest.FixtureRequest) -> None:
    told = render_cost(request.getfixturevalue(name), 80, drivers=True)
    assert told == (SNAPSHOTS / f"cost-{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", ["account", "bare", "hostile"])
def test_no_line_is_wider_than_the_terminal(name: str, width: int, request: pytest.FixtureRequest) -> None:
    told = render_cost(request.getfixturevalue(name), width, drivers=True)
    assert max(cell_len(line) for line in told.splitlines()) <= width


def test_the_parts_stand_in_the_order_in_which_a_decision_needs_them(account: Account) -> None:
    told = render_cost(account, 80, drivers=True)
    order = [
        "Which one, and how sure", "Where the money goes", "Month by month", "Cost of a right outcome",
        "Break-even volume", "What moves it most", "When the decision flips", "What to measure next",
        "What these amounts are", "Drivers",
    ]  # fmt: skip
    places = [told.index(f"\n{one}\n") for one in order]
    assert places == sorted(places)


def test_drivers_are_listed_when_asked_for_and_only_then(account: Account) -> None:
    assert "utilisation_cap" not in render_cost(account, 80)
    told = render_cost(account, 80, drivers=True)
    assert "65% (one fixed number) ○ assumed" in told
    assert "better known by: rung run zero-shot" in told
    assert "requests_per_month: {low: 8000, mode: 10000, high: 14000, ends: p5_p95}" in told


def test_names_can_neither_move_the_cursor_nor_reorder_the_text(hostile: Account) -> None:
    told = render_cost(hostile, 80, drivers=True)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "\\x1b[31mred" in told


def test_what_is_not_included_and_how_it_was_drawn_is_said(account: Account) -> None:
    told = " ".join(render_cost(account, 80).split())
    for words in ("nominal USD over 3 months", "5,000 draws of every driver, seed 7", "discounting", "taxes"):
        assert words in told
