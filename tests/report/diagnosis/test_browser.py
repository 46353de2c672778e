"""The page of an analysis in a real browser: light and dark, wide and narrow, everything opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from rung.decide.decision import Decision
from rung.pipeline.diagnose import Diagnosed
from rung.report.html import render_html

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
OUTSIDE = """() => [...document.querySelectorAll('.chart')].flatMap(svg => {
    const frame = svg.getBoundingClientRect()
    if (!frame.width) return []
    return [...svg.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect()
        return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
    }).map(text => text.textContent)})"""
CROSSED = """() => [...document.querySelectorAll('.class-row')].flatMap(row => {
    const boxes = [...row.children].map(cell => cell.getBoundingClientRect()).filter(box => box.width)
    return boxes.flatMap((one, at) => boxes.slice(at + 1).filter(other =>
        one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1
        && other.top < one.bottom - 1)).map(box => box.left)})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), f"{CHROMIUM} is not installed; run: make setup-test"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


def visit(
    browser: Browser, text: str, directory: Path, width: int, scheme: Literal["light", "dark"] = "light"
) -> tuple[Page, list[str]]:
    """The page opened from disk, and everything it complained about or asked the network for."""
    file = directory / "page.html"
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
        ("everything", 360, "light"),
        ("everything", 390, "dark"),
        ("everything", 768, "light"),
        ("everything", 1280, "dark"),
        ("nothing_fails", 360, "light"),
        ("hostile_analysis", 360, "dark"),
        ("hostile_analysis", 1280, "light"),
    ],
)
def test_nothing_overflows_complains_or_overlaps_with_everything_opened(
    browser: Browser,
    request: pytest.FixtureRequest,
    analysis_page_of: Callable[[str, Diagnosed], str],
    tmp_path: Path,
    name: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    text = analysis_page_of(name, request.getfixturevalue(name))
    page, trouble = visit(browser, text, tmp_path, width, scheme)
    page.evaluate(OPEN_ALL)
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CROSSED) == []
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_report_holds_eight_opened_analyses_without_overflow(
    browser: Browser, analysed: Decision, tmp_path: Path, width: int
) -> None:
    page, trouble = visit(browser, render_html(analysed), tmp_path, width)
    page.evaluate(OPEN_ALL)
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    page.close()


def test_the_keyboard_opens_a_class_to_its_items(
    browser: Browser, everything: Diagnosed, analysis_page_of: Callable[[str, Diagnosed], str], tmp_path: Path
) -> None:
    page, _ = visit(browser, analysis_page_of("everything", everything), tmp_path, 1280)
    items = page.locator(".classes details").first.locator("table.items")
    assert not items.is_visible()
    page.locator(".classes summary").first.focus()
    page.keyboard.press("Enter")
    assert items.is_visible()
    assert items.locator("tbody tr").count() == 18
    page.close()


def test_on_paper_every_class_and_question_stands_open(
    browser: Browser, everything: Diagnosed, analysis_page_of: Callable[[str, Diagnosed], str], tmp_path: Path
) -> None:
    page, _ = visit(browser, analysis_page_of("everything", everything), tmp_path, 690)
    page.emulate_media(media="print")
    box = page.locator(".classes details table").first.bounding_box()
    assert box is not None
    assert box["height"] > 30
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    page.close()
