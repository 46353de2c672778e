from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from rung.decide.decision import Decision
from rung.pipeline.diagnose import Diagnosed
from rung.report.diagnosis.markdown import failures_section

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
READER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def with_analysis(decision: Decision, found: Diagnosed) -> Decision:
    return replace(
        decision,
        diagnoses=(found.diagnosis,),
        gates=found.gates,
        proofs=found.proofs,
        two_by_two=found.two_by_two,
    )


def test_the_words_are_those_reviewed(analysed: Decision) -> None:
    assert failures_section(analysed) + "\n" == (SNAPSHOTS / "markdown-failures.md").read_text(encoding="utf-8")


def test_only_the_best_light_strategy_is_told_in_full(analysed: Decision) -> None:
    told = failures_section(analysed)
    assert told.count("#### D1 Output contract") == 1
    start = told.index("### few-shot")
    assert start < told.index("#### D1 Output contract") < told.index("### retrieval:")


@pytest.mark.parametrize("name", ["hostile_analysis", "vast", "nothing_fails"])
def test_a_markdown_reader_finds_no_html_link_or_image(
    name: str, decision: Decision, request: pytest.FixtureRequest
) -> None:
    told = failures_section(with_analysis(decision, request.getfixturevalue(name)))
    tokens = READER.parse(told)
    kinds = {one.type for token in tokens for one in [token, *(token.children or [])]}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "s_open"})
    for block in re.findall(r"(?:^\|.*\|\n?)+", told, flags=re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_what_long_tables_leave_out_is_counted(decision: Decision, vast: Diagnosed) -> None:
    told = failures_section(with_analysis(decision, vast))
    assert "And 20 more classes, in decision.json." in told
    assert "And 9,988 more rows, in decision.json." in told
    assert len(told) < 60_000
