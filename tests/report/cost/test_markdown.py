from __future__ import annotations

from pathlib import Path

import pytest

from rung.decide.decision import Decision
from rung.report.cost import cost_section
from rung.report.cost.account import Account
from rung.report.cost.markdown import render_cost_markdown
from rung.report.markdown import render_markdown

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


@pytest.mark.parametrize("name", ["account", "bare"])
def test_the_document_reads_as_reviewed(name: str, request: pytest.FixtureRequest) -> None:
    told = render_cost_markdown(request.getfixturevalue(name))
    assert told == (SNAPSHOTS / f"cost-{name}.md").read_text(encoding="utf-8")


def test_names_are_shown_and_never_acted_on(hostile: Account) -> None:
    told = render_cost_markdown(hostile)
    assert "<script>" not in told
    assert "\x1b" not in told
    assert "&lt;script&gt;" in told


def test_a_record_of_an_earlier_version_has_no_such_section(decision: Decision) -> None:
    assert cost_section(decision) == ""


def test_the_decision_tells_the_whole_account_in_place_of_the_table_of_totals(analysed_cost: Decision) -> None:
    told = render_markdown(analysed_cost)
    assert "## Twelve months of cost" not in told
    order = ["## 12 months of cost", "### Which one, and how sure", "### Where the money goes", "### Drivers"]
    places = [told.index(f"\n{one}\n") for one in order]
    assert places == sorted(places)
