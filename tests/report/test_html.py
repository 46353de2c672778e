from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from rung.decide.decision import Decision

SECTIONS = [
    "decision", "figures", "costs", "strategies", "parts", "comparisons", "failures", "scores", "rules", "next",
    "limits", "evidence", "legend",
]  # fmt: skip
VOID = {"meta", "br", "img", "link", "input", "hr"}
EVERY = ["decision", "none_meets", "insufficient", "minimal", "hostile", "huge"]


class Page(HTMLParser):
    """Tags with their attributes, in order; checks on the way that every tag is closed by its own."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def text(request: pytest.FixtureRequest, page_of: Callable[[str, Decision], str]) -> str:
    return page_of(request.param, request.getfixturevalue(request.param))


@pytest.mark.parametrize("text", EVERY, indirect=True)
def test_the_page_is_well_formed_and_stands_alone(text: str) -> None:
    page = Page(text)
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image"})
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "srcset", "action"}]
        assert attributes.get("href", "#").startswith("#")
    style = "".join(re.findall(r"<style>(.*?)</style>", text, flags=re.S))
    assert "@import" not in style
    assert "url(" not in style
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert len(text.encode()) < 1_500_000


@pytest.mark.parametrize("text", EVERY, indirect=True)
def test_ids_are_unique_and_every_reference_leads_somewhere(text: str) -> None:
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for _, attributes in page.tags if "href" in attributes}
    named = {one for _, attributes in page.tags for one in attributes.get("aria-labelledby", "").split()}
    assert links | named | set(re.findall(r"url\(#([^)]*)\)", text)) <= set(ids)
    assert set(SECTIONS) <= set(ids)


@pytest.mark.parametrize("text", EVERY, indirect=True)
def test_every_table_has_a_caption_and_scoped_heads_and_a_box_to_scroll_in(text: str) -> None:
    for table in re.findall(r"<table.*?</table>", text, flags=re.S):
        assert re.match(r"<table[^>]*>\s*<caption>\s*\S", table)
        assert "<th" in table
        assert not re.findall(r"<th(?![^>]*scope=)[ >]", table)
    assert text.count("<table") == text.count('<div class="scroll" tabindex="0" role="region" aria-label="')


@pytest.mark.parametrize("text", EVERY, indirect=True)
def test_headings_begin_with_one_h1_and_skip_no_level(text: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(text).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("text", ["decision"], indirect=True)
def test_the_policy_forbids_everything_but_inline_style(text: str) -> None:
    policy = next(one["content"] for tag, one in Page(text).tags if one.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script" not in policy


@pytest.mark.parametrize("text", ["hostile"], indirect=True)
def test_hostile_text_is_shown_and_never_obeyed(text: str) -> None:
    page = Page(text)
    assert "<script>alert(1)</script><img src=x onerror=alert(1)>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "\\x1b[2J" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("text", ["decision"], indirect=True)
def test_the_verdict_and_its_reasons_come_before_every_figure(text: str) -> None:
    told = Page(text).text
    order = [
        "A strategy is recommended",
        "Use retrieval alone",
        "no stronger pre-trained model",
        "Figure 1.",
        "Figure 2.",
        "Figure 3.",
    ]
    assert [told.index(words) for words in order] == sorted(told.index(words) for words in order)


@pytest.mark.parametrize("text", ["decision"], indirect=True)
def test_planning_values_are_marked_and_the_source_note_is_printed(text: str) -> None:
    told = Page(text).text
    assert "synthesised" in told
    assert "Recalibrate" in told
    assert "◇ directional" in told


@pytest.mark.parametrize("text", ["decision"], indirect=True)
def test_all_four_states_are_told_in_words(text: str) -> None:
    told = Page(text).text
    assert {state for state in ("meets", "misses", "undecided", "unmeasured") if state in told} == {
        "meets", "misses", "undecided", "unmeasured",
    }  # fmt: skip
    assert "about 410 items would decide" in told
    assert "set flows[].corrected_share_of_failures" in told


@pytest.mark.parametrize("text", ["decision"], indirect=True)
def test_what_cannot_be_told_apart_is_said_with_the_items_it_takes(text: str) -> None:
    assert "these items cannot tell the two apart; about 1,180 items would resolve" in Page(text).text


@pytest.mark.parametrize("text", ["huge"], indirect=True)
def test_what_a_long_list_leaves_out_is_counted(text: str) -> None:
    told = Page(text).text
    assert "the first 20 of 199" in told
    assert "the first 20 of 200" in told
    assert "and 45 more" in told


@pytest.mark.parametrize("side", ["light", "dark"])
@pytest.mark.parametrize("text", ["minimal"], indirect=True)
def test_every_text_colour_reaches_the_contrast_of_wcag_aa(text: str, side: str) -> None:
    blocks = re.findall(r":root\{(--paper[^}]*)\}", text)
    colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", blocks[side == "dark"]))
    for ground in ("paper", "wash"):
        for name in ("ink", "muted", "accent", "meets", "misses", "undecided", "unmeasured"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, success criterion 1.4.3."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
