from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Route, sync_playwright

from rung.decide.decision import Decision
from rung.report.cost.account import Account
from rung.report.cost.page import render_cost_html
from rung.report.html import render_html

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
OUTSIDE = """() => [...document.querySelectorAll('.chart')].flatMap(svg => {
    const frame = svg.getBoundingClientRect()
    if (!frame.width) return []
    return [...svg.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect()
        return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
    }).map(text => text.textContent)})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), f"{CHROMIUM} is not installed; run: make setup-test"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


def test_the_page_holds_every_part_its_charts_and_no_script(account: Account) -> None:
    page = render_cost_html(account, "2026-11-28T10:00:00+00:00")
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert len(set(re.findall(r'<desc id="([^"]+)"', page))) == page.count("<svg")
    for words in ("Where the money goes", "10,001", "12% never cross", "what utilisation_cap is", "2026-11-28"):
        assert words in page


def test_names_are_text_wherever_they_stand(hostile: Account) -> None:
    page = render_cost_html(hostile)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_report_of_a_decision_holds_the_account_or_the_totals_alone(
    decision: Decision, analysed_cost: Decision
) -> None:
    page, earlier = render_html(analysed_cost), render_html(decision)
    for words in ("12% never cross", "When the decision flips", "what utilisation_cap is"):
        assert words in page
        assert words not in earlier
    assert page.count('id="costs"') == earlier.count('id="costs"') == 1
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("account", 390, "dark"), ("account", 1280, "light"), ("hostile", 360, "light")],
)
def test_nothing_overflows_or_complains_with_everything_opened(
    browser: Browser,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    name: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    file = tmp_path / "cost.html"
    file.write_text(render_cost_html(request.getfixturevalue(name)), encoding="utf-8")
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
    page.goto(file.as_uri())
    page.evaluate(OPEN_ALL)
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    page.close()
