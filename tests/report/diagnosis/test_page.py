from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from rung.decide.codec import decode, encode
from rung.decide.decision import Decision
from rung.pipeline.diagnose import Diagnosed
from rung.report.html import render_html

EVERY = ["everything", "nothing_fails", "hostile_analysis", "vast"]
VOID = {"meta", "br", "hr"}


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
def text(request: pytest.FixtureRequest, analysis_page_of: Callable[[str, Diagnosed], str]) -> str:
    return analysis_page_of(request.param, request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def report(analysed: Decision) -> str:
    return render_html(analysed)


def stands_alone(text: str) -> None:
    page = Page(text)
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image"})
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "srcset", "action"}]
        assert attributes.get("href", "#").startswith("#")
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for _, attributes in page.tags if "href" in attributes}
    named = {one for _, attributes in page.tags for one in attributes.get("aria-labelledby", "").split()}
    assert links | named <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in re.findall(r"<table.*?</table>", text, flags=re.S):
        assert re.match(r"<table[^>]*>\s*<caption>\s*\S", table)
        assert not re.findall(r"<th(?![^>]*scope=)[ >]", table)
    assert text.count("<table") == text.count('<div class="scroll" tabindex="0" role="region" aria-label="')


@pytest.mark.parametrize("text", EVERY, indirect=True)
def test_the_page_is_well_formed_and_stands_alone(text: str) -> None:
    stands_alone(text)
    assert len(text.encode()) < 5_000_000


def test_the_report_with_eight_analyses_is_well_formed_and_stands_alone(report: str) -> None:
    stands_alone(report)
    assert len(report.encode()) < 1_500_000


@pytest.mark.parametrize("text", ["everything"], indirect=True)
def test_every_class_opens_to_every_one_of_its_items(text: str, everything: Diagnosed) -> None:
    bodies = re.findall(r"<details>\s*<summary><span class=\"class-row\">.*?</details>", text, flags=re.S)
    assert len(bodies) == len(everything.diagnosis.classes)
    for one, body in zip(everything.diagnosis.classes, bodies, strict=True):
        assert re.findall(r'<th scope="row"><code>(.*?)</code></th>', body) == list(one.item_ids)


@pytest.mark.parametrize("text", ["vast"], indirect=True)
def test_what_a_long_class_or_list_leaves_out_is_counted(text: str) -> None:
    told = Page(text).text
    assert "And 4,800 more items." in told
    assert "the first 100 of 10,000" in told
    assert "the first 40 of 10,000" in told
    assert "w" * 401 not in text


@pytest.mark.parametrize("text", ["everything"], indirect=True)
def test_the_order_is_sentences_causes_gates_classes_evidence_proof(text: str, everything: Diagnosed) -> None:
    told = Page(text).text
    order = [
        *everything.diagnosis.sentences[:3], "Causes, the largest first", "■ locked", "Error classes What", "D1 Output",
        "D11 Worth", "Not asked", "Where the failures are Who", "31 failures fixed, 6 new", "Without retrieval",
    ]  # fmt: skip
    places = [told.index(one) for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize("text", ["hostile_analysis"], indirect=True)
def test_hostile_text_is_shown_and_never_obeyed(text: str) -> None:
    page = Page(text)
    assert "<script>alert(1)</script><img src=x onerror=alert(1)>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_only_the_best_light_strategys_analysis_stands_open(report: str) -> None:
    section = report[report.index('<section id="failures"') : report.index('<section id="scores"')]
    assert set(re.findall(r"<summary>The analysis of (.*?)</summary>", section)) == {
        "zero-shot", "retrieval", "retrieval-prompt", "tfidf-linear", "encoder-head", "lora", "scratch",
    }  # fmt: skip
    open_part = section[section.index("<h3>few-shot") : section.index("<h3>retrieval:")]
    assert "Causes, the largest first" in open_part
    assert 'id="failures-causes-wide-title"' in open_part
    assert "■" in open_part  # the gates stand with the analysis that they follow from
    assert section.count('id="failures-lorenz-wide-title"') == 1


def test_a_record_without_the_newer_parts_is_told_by_its_rows(
    decision: Decision, page_of: Callable[[str, Decision], str]
) -> None:
    stored = encode(decision)
    for name in ("gates", "proofs", "two_by_two"):
        del stored[name]
    for found in stored["diagnoses"]:
        for name in ("gap", "causes", "contract", "context", "stages", "wordings", "capacity", "classes",
                     "groundedness", "robustness", "abstention", "worth", "absent"):  # fmt: skip
            del found[name]
    read = decode(Decision, stored)
    text = render_html(read)
    assert text == page_of("decision", decision)
    section = text[text.index('<section id="failures"') : text.index('<section id="scores"')]
    told = Page(section).text
    assert "zero-shot: 133 failures in 150 items" in told
    assert "Retrieval largest 52.0%" in told
    assert "Gates" not in told
    assert "Causes" not in told


def test_gates_of_a_record_without_a_full_analysis_are_told_all_the_same(
    decision: Decision, everything: Diagnosed
) -> None:
    told = Page(render_html(replace(decision, gates=everything.gates))).text
    assert "■ locked" in told
