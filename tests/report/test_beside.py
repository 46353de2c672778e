from __future__ import annotations

from dataclasses import replace

import pytest

from rung.decide.decision import Decision
from rung.estimate import Estimate, Missing, Provenance
from rung.report import render_html, render_markdown, render_terminal
from rung.report.beside import beside_tables

RATE = Estimate(0.12, 0.08, 0.17, "share", 150, Provenance.MEASURED, "run 5f0c")
NONE = Estimate(0.0, 0.0, 0.02, "share", 150, Provenance.MEASURED, "run 5f0c")


@pytest.fixture
def with_more(decision: Decision) -> Decision:
    """The first measured strategy breaks a policy and has graded scores, fields and answers nobody could judge."""
    first = next(one for one in decision.strategies if one.metrics is not None)
    assert first.metrics is not None
    metrics = replace(
        first.metrics,
        policies={"no-<phone>": RATE, "polite": NONE},
        scores={"token_f1": RATE, "own_score": Missing("no item has it")},
        fields={"city": RATE},
        unscored=3,
    )
    changed = tuple(replace(one, metrics=metrics) if one is first else one for one in decision.strategies)
    return replace(decision, strategies=changed)


def test_policies_scores_and_fields_are_told_apart(with_more: Decision) -> None:
    tables = {one.title: one for one in beside_tables(with_more)}
    assert tables["Declared policies"].columns == ("no-<phone>", "polite")
    assert tables["Graded scores"].columns == ("Token F1", "own_score")
    assert tables["Fields"].columns == ("city",)


def test_a_strategy_without_a_figure_has_none_rather_than_zero(with_more: Decision) -> None:
    (_, figures), *others = beside_tables(with_more)[0].rows
    assert figures == (RATE, NONE)
    assert others
    assert all(figure is None for _, row in others for figure in row)


def test_nothing_is_shown_where_nothing_was_measured_beside_success(decision: Decision) -> None:
    assert beside_tables(decision) == ()
    assert "Beside success" not in render_markdown(decision)


def test_terminal_markdown_and_page_all_tell_what_was_broken(with_more: Decision) -> None:
    terminal = render_terminal(with_more, 100)
    assert "Policies broken" in terminal
    assert "breaks no-<phone>: 12.0%" in terminal
    assert "polite" not in terminal  # never broken
    assert "3 answers could not be judged" in terminal
    markdown = render_markdown(with_more)
    assert "no-&lt;phone&gt;" in markdown
    assert "3 answers could not be judged" in markdown
    page = render_html(with_more)
    assert "no-&lt;phone&gt;" in page
    assert "no-<phone>" not in page


def test_the_log_that_is_the_system_to_beat_is_told_in_every_form(decision: Decision) -> None:
    from_log = replace(decision, production={"task_success": RATE, "correction_rate": Missing("the log tells none")})
    for told in (render_terminal(from_log, 100), render_markdown(from_log), render_html(from_log)):
        assert "What runs today, from its log" in told
        assert "12.0%" in told
        assert "the log tells none" in told
    assert "What runs today, from its log" not in render_markdown(decision)
