from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.decide.plan import Answers, Plan, make_plan
from rung.decide.plan.file import answers_from
from rung.report.plan import plan_document, render_plan, render_plan_html, render_plan_markdown, write_plan
from rung.strategies.registry import all_cards
from rung.task.yaml import read_yaml

ANSWERS = Path(__file__).parents[2] / "decide" / "plan" / "answers"
SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
HOSTILE = "<script>alert(1)</script> \x1b[31m\u202e"


def of(name: str) -> Plan:
    return make_plan(answers_from(read_yaml(ANSWERS / f"{name}.yaml")), all_cards())


@pytest.fixture(scope="module")
def claims() -> Plan:
    return of("claims-json")


def test_the_words_at_80_columns_are_those_reviewed(claims: Plan) -> None:
    # Words alone: the pilot's cost follows the assumptions of economics.
    told = re.sub(r"(least USD )\d\d,\d{3}", r"\1##,###", render_plan(claims, 80))
    assert told == (SNAPSHOTS / "plan-claims-json.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(claims: Plan, width: int) -> None:
    assert max(cell_len(line) for line in render_plan(claims, width).splitlines()) <= width


def test_every_form_names_the_source_of_the_planning_figures_and_marks_each(claims: Plan) -> None:
    for text in (render_plan(claims, 80), render_plan_markdown(claims), render_plan_html(claims)):
        assert "synthesised planning ranges" in " ".join(text.split())
        assert text.count("◇") >= 21  # three families, seven figures


def test_every_form_names_what_is_blocked_and_why(claims: Plan) -> None:
    for text in (render_plan(claims, 80), render_plan_markdown(claims), render_plan_html(claims)):
        assert "the output was not constrained yet" in " ".join(text.split())


def test_the_page_asks_the_network_for_nothing_and_runs_nothing(claims: Plan) -> None:
    page = render_plan_html(replace(claims, task_name=HOSTILE, headline=HOSTILE))
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=[\"']https?:", page)
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_text_of_the_team_cannot_steer_a_terminal_or_forge_markup(claims: Plan) -> None:
    hostile = replace(claims, task_name=HOSTILE, headline=HOSTILE)
    assert "\x1b" not in render_plan(hostile, 80)
    assert "<script>" not in render_plan_markdown(hostile)


def test_a_plan_without_any_answer_has_every_form() -> None:
    plan = make_plan(Answers(), all_cards())
    assert "measure what runs today first" in render_plan(plan, 80)
    assert render_plan_markdown(plan).startswith("# Stay with a pre-trained model")
    assert "A plan, not a decision" in render_plan_html(plan)


def test_the_files_hold_the_plan_and_the_answers_that_it_rests_on(claims: Plan, tmp_path: Path) -> None:
    paths = write_plan(claims, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["plan.html", "plan.md", "plan.json", "answers.yaml"]
    assert answers_from(read_yaml(paths[3])) == claims.answers
    assert plan_document(claims)["rung"] == "pretrained"
