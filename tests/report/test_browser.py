"""The page in a real browser: light and dark, wide and narrow, on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from rung.decide.decision import Decision

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), f"{CHROMIUM} is not installed; run: make setup-test"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def text(page_of: Callable[[str, Decision], str], decision: Decision) -> str:
    return page_of("decision", decision)


def visit(
    browser: Browser, text: str, directory: Path, width: int, scheme: Literal["light", "dark"] = "light"
) -> tuple[Page, list[str]]:
    """The page opened from disk, and everything it complained about or asked the network for."""
    file = directory / "report.html"
    file.write_text(text, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    trouble: list[str] = []

    def answer(route: Route) -> None:
        if route.request.url == file.as_uri():
            route.continue_()
        else:
            trouble.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(file.as_uri())
    return page, trouble


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("decision", 360, "light"),
        ("decision", 390, "dark"),
        ("decision", 768, "light"),
        ("decision", 1280, "light"),
        ("decision", 1280, "dark"),
        ("decision", 1920, "light"),
        ("minimal", 360, "dark"),
        ("minimal", 1280, "light"),
        ("hostile", 360, "light"),
        ("hostile", 1280, "dark"),
        ("huge", 360, "light"),
        ("huge", 1280, "light"),
    ],
)
def test_nothing_overflows_complains_or_hides(
    browser: Browser,
    request: pytest.FixtureRequest,
    page_of: Callable[[str, Decision], str],
    tmp_path: Path,
    name: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    page, trouble = visit(browser, page_of(name, request.getfixturevalue(name)), tmp_path, width, scheme)
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [section.bounding_box() for section in page.locator("section").all()]
    assert len(boxes) == 13
    assert all(box is not None and box["height"] > 40 and box["width"] > 200 for box in boxes)
    page.close()


def test_the_decision_its_reasons_and_its_cost_stand_in_the_first_screen(
    browser: Browser, text: str, tmp_path: Path
) -> None:
    page, _ = visit(browser, text, tmp_path, 1280)
    for place in ("#headline", ".part:has-text('Because')", ".amounts"):
        box = page.locator(place).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900, place
    page.close()


@pytest.mark.parametrize(("scheme", "bright"), [("light", True), ("dark", False)])
def test_the_charts_follow_the_colour_scheme(
    browser: Browser, text: str, tmp_path: Path, scheme: Literal["light", "dark"], bright: bool
) -> None:
    page, _ = visit(browser, text, tmp_path, 1280, scheme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    label = page.evaluate("getComputedStyle(document.querySelector('.panel .chart text[font-size=\"12px\"]')).fill")
    first = [int(colour.split("(")[1].split(",")[0]) for colour in (paper, label)]
    assert (first[0] > 200, first[1] > 200) == (bright, not bright)
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_text_of_a_chart_leaves_its_drawing(browser: Browser, text: str, tmp_path: Path, width: int) -> None:
    page, _ = visit(browser, text, tmp_path, width)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.chart')].flatMap(svg => {
            if (!svg.getBoundingClientRect().width) return []
            const frame = svg.getBoundingClientRect()
            return [...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect()
                return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
            }).map(text => text.textContent)})"""
    )
    assert outside == []
    page.close()


def test_one_form_of_a_chart_is_shown_at_a_time(browser: Browser, text: str, tmp_path: Path) -> None:
    for width, shown, hidden in ((1280, ".only-wide", ".only-narrow"), (390, ".only-narrow", ".only-wide")):
        page, _ = visit(browser, text, tmp_path, width)
        assert page.locator(shown).first.is_visible()
        assert not page.locator(hidden).first.is_visible()
        page.close()


def test_details_stand_open_on_paper(browser: Browser, text: str, tmp_path: Path) -> None:
    page, _ = visit(browser, text, tmp_path, 1280)
    inside = page.locator("details:not([open]) table").first
    assert not inside.is_visible()
    page.emulate_media(media="print")
    box = inside.bounding_box()
    assert box is not None
    assert box["height"] > 30
    assert not page.locator("nav").is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_a4_sheet_is_wide_enough_and_white(
    browser: Browser, text: str, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    page, _ = visit(browser, text, tmp_path, 690, scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()


def test_the_keyboard_reaches_the_links_the_tables_and_the_details(browser: Browser, text: str, tmp_path: Path) -> None:
    page, _ = visit(browser, text, tmp_path, 1280)
    reached = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName + '.' + document.activeElement.className"))
    assert {"A.skip", "A.", "SUMMARY.", "DIV.scroll"} <= reached
    page.close()
