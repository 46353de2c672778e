from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rung.decide.decision import Decision
from rung.errors import RungError
from rung.report.adr import render_adr, slug, write_adr
from rung.task.task import Constraints

READER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
SECTIONS = [
    "## Context and problem statement", "## Decision drivers", "## Considered options", "### Why not the others",
    "## Decision outcome", "### Consequences", "### Confirmation", "## More information",
]  # fmt: skip


def test_it_has_the_sections_of_madr_in_their_order(decision: Decision) -> None:
    told = render_adr(decision, "{}\n")
    assert re.findall(r"^##.*", told, flags=re.M) == SECTIONS
    assert told.startswith("---\nstatus: proposed\ndate: 2031-03-04\nrung-decision: d7f00d5eed\n---\n\n# Use retrieval")


def test_drivers_are_the_targets_and_the_limits(decision: Decision) -> None:
    limits = Constraints(deployment="on_prem", launch_weeks=8, budget_usd=60_000)
    told = render_adr(replace(decision, constraints=limits), "{}\n")
    for words in (
        "- Target: task success at least 80%",
        "- Target: task success (adversarial) at least 60%",
        "- Constraint: deployment on_prem",
        "- Constraint: launch within 8 weeks",
        "- Constraint: budget USD 60,000",
    ):
        assert words in told


def test_every_option_is_told_and_each_that_was_not_chosen_with_its_reason(decision: Decision) -> None:
    told = render_adr(decision, "{}\n")
    why = told[told.index("### Why not the others") : told.index("## Decision outcome")]
    for one in decision.strategies:
        assert f"| {one.card.name} |" in told
        assert (f"- {one.card.name}: {one.because}" in why) == (one.card.name != "retrieval")


def test_gates_and_thresholds_confirm_or_reopen_it(decision: Decision) -> None:
    told = render_adr(decision, "{}\n")
    confirmation = told[told.index("### Confirmation") :]
    assert "- Gate: Task success: at least 80%; roll back" in confirmation
    assert "- Reopen: A wage above USD 74 per hour would favour the encoder with a head." in confirmation


def test_it_leads_back_to_the_record_by_its_hash(decision: Decision) -> None:
    # sha256 of "abc", FIPS 180-2, appendix B.1.
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" in render_adr(decision, "abc")
    assert "rung report --decision d7f00d5eed" in render_adr(decision, "abc")


@pytest.mark.parametrize("name", ["none_meets", "insufficient", "minimal"])
def test_without_a_recommendation_it_is_a_draft_that_chooses_nothing(name: str, request: pytest.FixtureRequest) -> None:
    told = render_adr(request.getfixturevalue(name), "{}\n")
    assert "status: draft" in told
    assert "No option is chosen." in told


@pytest.mark.parametrize("name", ["decision", "hostile", "huge", "minimal"])
def test_a_markdown_reader_finds_no_html_link_or_image(name: str, request: pytest.FixtureRequest) -> None:
    told = render_adr(request.getfixturevalue(name), "{}\n")
    body = told.split("---\n", 2)[2]
    tokens = READER.parse(body)
    kinds = {one.type for token in tokens for one in [token, *(token.children or [])]}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "s_open"})
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told)


def test_hostile_front_matter_stays_three_lines_of_ours(hostile: Decision) -> None:
    bad = replace(hostile, id="x\n---\nstatus: accepted", made_at="2031\nstatus: accepted")
    front = render_adr(bad, "{}\n").split("\n---\n")[0]
    assert front.splitlines() == ["---", "status: proposed", "date: unknown", "rung-decision: x-status-accepted"]


def test_a_directory_gets_the_next_number_and_a_name_of_its_own(decision: Decision, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "decisions"
    first = write_adr(decision, "{}\n", folder)
    assert first == folder / "0001-parcel-desk-retrieval.md"
    (folder / "0041-something-else.md").write_text("# Another\n", encoding="utf-8")
    (folder / "README.md").write_text("# All\n", encoding="utf-8")
    second = write_adr(replace(decision, id="other"), "{}\n", folder)
    assert second.name == "0042-parcel-desk-retrieval.md"


def test_a_decision_that_is_told_already_is_not_told_twice(decision: Decision, tmp_path: Path) -> None:
    first = write_adr(decision, "{}\n", tmp_path)
    first.write_text(first.read_text(encoding="utf-8") + "\nSigned.\n", encoding="utf-8")
    with pytest.raises(RungError, match=r"0001-parcel-desk-retrieval\.md is there already.*--force"):
        write_adr(decision, "{}\n", tmp_path)
    assert first.read_text(encoding="utf-8").endswith("Signed.\n")
    assert write_adr(decision, "{}\n", tmp_path, force=True) == first
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
    assert not first.read_text(encoding="utf-8").endswith("Signed.\n")


def test_a_file_that_is_named_is_written_and_not_overwritten_without_force(decision: Decision, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "choice.md"
    assert write_adr(decision, "{}\n", path) == path
    with pytest.raises(RungError, match=r"choice\.md is there already"):
        write_adr(replace(decision, id="other"), "{}\n", path)
    write_adr(replace(decision, id="other"), "{}\n", path, force=True)
    assert "rung-decision: other" in path.read_text(encoding="utf-8")


def test_a_place_that_is_neither_is_named(decision: Decision, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    with pytest.raises(RungError, match=r"notes\.txt is a file; name a directory, or a file that ends in \.md"):
        write_adr(decision, "{}\n", tmp_path / "notes.txt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Größe & Übung", "große-ubung"), ("../../etc/passwd", "etc-passwd"), ("データ", "decision"), ("", "decision")],
)
def test_a_slug_keeps_letters_and_digits(text: str, expected: str) -> None:
    assert slug(text) == expected.replace("ß", "")  # has no ASCII form


@given(st.text(max_size=200))
def test_a_slug_is_always_a_plain_file_name(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(text))
    assert len(slug(text)) <= 60
