"""The page to sign, at the head of what a terminal shows."""

from __future__ import annotations

from rung.report.figures import show
from rung.report.one_page import CostLine, OnePage, left_words
from rung.report.page import Page
from rung.report.words import STATES


def say_one_page(page: Page, found: OnePage) -> None:
    """Reasons, cost, risk, next step, what reopens it, and the lines for names and dates."""
    page.sentences("Because", _whole(found.reasons, found.reasons_left, "reason"))
    notes = [found.cost_note] if found.cost_note else []
    page.sentences("Cost", [*notes, *(_amount(one) for one in found.cost)])
    page.sentences("What could be wrong", _whole(found.risks, found.risks_left, "point"))
    page.sentences("Next step", _whole(found.steps, found.steps_left, "step"))
    page.sentences("What reopens it", _whole(found.reopens, found.reopens_left, "threshold"))
    page.heading("Approvals")
    widest = max(map(len, found.signatures))
    for one in found.signatures:
        page.say(f"  {one:<{widest}}  name {'_' * 22}  date {'_' * 12}")


def _whole(sentences: tuple[str, ...], left: int, what: str) -> list[str]:
    return [*sentences, *([left_words(left, what)] if left else [])]


def _amount(line: CostLine) -> str:
    state = f" {STATES[line.state].symbol} {line.state}" if line.state else ""
    against = f"; {line.against}" if line.against else ""
    return f"{line.what}: {show(line.figure)}{against}{state}"
