from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rung.report.escape import plain
from rung.report.html import render_html
from rung.report.markdown import render_markdown
from rung.report.markdown_text import escape_markdown

SNAPSHOTS = Path(__file__).parent / "snapshots"
READER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


@pytest.mark.parametrize("name", ["decision", "none_meets", "insufficient", "minimal"])
def test_the_words_are_those_reviewed(name: str, request: pytest.FixtureRequest) -> None:
    told = render_markdown(request.getfixturevalue(name))
    assert told == (SNAPSHOTS / f"markdown-{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["decision", "hostile", "huge", "minimal"])
def test_a_markdown_reader_finds_no_html_link_or_image(name: str, request: pytest.FixtureRequest) -> None:
    tokens = READER.parse(render_markdown(request.getfixturevalue(name)))
    kinds = {one.type for token in tokens for one in [token, *(token.children or [])]}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "s_open"})


@pytest.mark.parametrize("name", ["decision", "hostile", "huge"])
def test_every_row_of_a_table_has_as_many_cells_as_its_head(name: str, request: pytest.FixtureRequest) -> None:
    blocks = re.findall(r"(?:^\|.*\|\n?)+", render_markdown(request.getfixturevalue(name)), flags=re.M)
    assert blocks
    for block in blocks:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


@given(st.text(min_size=1, max_size=60))
def test_a_reader_gets_the_text_back_as_it_was(text: str) -> None:
    tokens = READER.parse(f"- {escape_markdown(text)}")
    inline = [one for token in tokens for one in token.children or []]
    told = "".join(one.content for one in inline if one.type in {"text", "text_special"})
    assert " ".join(told.split()) == " ".join(plain(text).split())
    assert {one.type for one in inline} <= {"text", "text_special"}
    assert [token.type for token in tokens].count("list_item_open") == 1


def test_a_horizon_other_than_a_year_is_not_called_twelve_months(request: pytest.FixtureRequest) -> None:
    decision = request.getfixturevalue("decision")
    longer = tuple(
        replace(one, cost=None if one.cost is None else replace(one.cost, months=36.0)) for one in decision.strategies
    )
    asked = replace(decision, strategies=longer)
    assert "## 36 months of cost" in render_markdown(asked)
    assert "36 months of cost" in render_html(asked)
    assert "Twelve months of cost" not in render_html(asked) + render_markdown(asked)
