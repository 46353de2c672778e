from __future__ import annotations

from pathlib import Path

import pytest

from rung.decide.decision import Decision
from rung.report.cost import cost_section
from rung.report.cost.account import Account
from rung.report.cost.markdown import render_cost_markdown

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
