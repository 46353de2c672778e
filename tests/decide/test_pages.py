"""The concept pages say what the code does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rung.decide.guardrails import eight_guardrails
from rung.decide.pressure import CONTROL, DATA_REQUIREMENTS, GOVERNANCE_BURDEN, SETUP_COMPLEXITY
from rung.decide.rules import Rule
from rung.decide.scores import six_scores
from rung.decide.situation import read_situation

PAGES = Path(__file__).parents[2] / "docs" / "concepts"


@pytest.mark.parametrize("checklist", [CONTROL, SETUP_COMPLEXITY, DATA_REQUIREMENTS, GOVERNANCE_BURDEN])
def test_every_item_of_the_checklists_is_on_the_page_in_order(checklist: Any) -> None:
    page = (PAGES / "pressure.md").read_text(encoding="utf-8")
    assert "\n".join(f"- {question}" for question, _ in checklist) in page


def test_every_guardrail_and_score_is_on_its_page(build: Any) -> None:
    situation = read_situation(build.dev(build.evidence("prompt", 0.5)))
    decision, scores = ((PAGES / name).read_text(encoding="utf-8") for name in ("decision.md", "scores.md"))
    for guardrail in eight_guardrails(situation, Rule("evaluate_from_scratch", False, "x")):
        assert f"`{guardrail.name}`" in decision
    for score in six_scores(situation):
        assert f"| {score.name.replace('_', ' ')} |" in scores
