from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from rung.decide.decision import Decision
from rung.report.terminal import render_terminal

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("name", ["decision", "none_meets", "insufficient", "minimal"])
def test_the_words_at_80_columns_are_those_reviewed(name: str, request: pytest.FixtureRequest) -> None:
    told = render_terminal(request.getfixturevalue(name), 80, files=[Path("out/report.html")])
    assert told == (SNAPSHOTS / f"terminal-{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 132, 200])
def test_no_line_is_wider_than_the_terminal(decision: Decision, width: int) -> None:
    assert max(cell_len(line) for line in render_terminal(decision, width).splitlines()) <= width


def test_without_colour_no_escape_is_written_and_with_it_there_is(decision: Decision) -> None:
    assert "\x1b" not in render_terminal(decision, 80)
    assert "\x1b[" in render_terminal(decision, 80, colour=True)


def test_colour_changes_no_word(decision: Decision) -> None:
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", render_terminal(decision, 100, colour=True))
    assert [line.rstrip() for line in coloured.splitlines()] == render_terminal(decision, 100).splitlines()


def test_hostile_text_neither_moves_the_cursor_nor_forges_markup(hostile: Decision) -> None:
    told = render_terminal(hostile, 120, files=[Path("\x1b]0;gone\x07")])
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "\u202e" not in told
    assert "[bold red]" in told  # shown, not obeyed


def test_an_exploratory_result_says_so_before_its_reasons(decision: Decision) -> None:
    sealed = replace(decision.sealed, exploratory=True, because="The targets changed after an opening.")
    told = render_terminal(replace(decision, sealed=sealed), 80)
    assert told.index("Exploratory") < told.index("Because")
