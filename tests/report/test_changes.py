from __future__ import annotations

import json
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from rung.decide.change import KINDS
from rung.decide.changes import changes_between
from rung.decide.decision import Decision
from rung.report.changes import TITLES, changes_document, changes_markdown, render_changes

READER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def test_every_kind_has_a_title() -> None:
    assert tuple(TITLES) == KINDS


def test_what_matters_most_stands_first_in_every_form(decision: Decision, none_meets: Decision) -> None:
    found = changes_between(decision, replace(none_meets, targets=decision.targets[:2]))
    for told in (render_changes(found, 80), changes_markdown(found)):
        places = [told.index(title) for title in ("Verdict\n", "Recommendation and current system\n", "Targets\n")]
        assert places == sorted(places)
        assert "'recommend' and is 'none meets'" in " ".join(told.split())
        assert "two-sided 90%" in " ".join(told.split())


@pytest.mark.parametrize("other_id", [False, True])
def test_equal_decisions_say_so_in_words(decision: Decision, other_id: bool) -> None:
    after = replace(decision, id="another") if other_id else decision
    found = changes_between(decision, after)
    words = "Nothing differs" if other_id else "The two are the same decision."
    assert words in render_changes(found, 80)
    assert words in changes_markdown(found)
    assert changes_document(found)["equal"] is True


def test_the_document_is_json_with_every_change(decision: Decision, insufficient: Decision) -> None:
    found = changes_between(decision, insufficient)
    document = json.loads(json.dumps(changes_document(found), allow_nan=False))
    assert document["equal"] is False
    assert [one["sentence"] for one in document["changes"]] == [one.sentence for one in found.changes]
    assert {"kind", "what", "before", "after", "within_intervals"} <= set(document["changes"][0])


@pytest.mark.parametrize("width", [60, 80, 120])
def test_hostile_text_is_shown_and_never_obeyed(decision: Decision, hostile: Decision, width: int) -> None:
    found = changes_between(decision, hostile)
    told = render_changes(found, width)
    assert not [character for character in told if character != "\n" and not character.isprintable()]
    assert "\\x1b[2J" in " ".join(told.split())
    assert max(map(cell_len, told.splitlines())) <= width
    tokens = READER.parse(changes_markdown(found))
    kinds = {one.type for token in tokens for one in [token, *(token.children or [])]}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "s_open"})
