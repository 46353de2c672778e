"""The data check, told on a terminal and as one JSON document."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.estimate import LEVEL
from rung.evidence.readiness.finding import Finding, Severity
from rung.evidence.readiness.readiness import Readiness
from rung.report.escape import plain, shorten
from rung.report.page import Page
from rung.report.words import Mark

IDS_SHOWN = 3
SUSPECTS_SHOWN = 8
DISPUTES_SHOWN = 5
PAIRS_SHOWN = 5
LONGEST_LABEL, LONGEST_TEXT, LONGEST_ID = 24, 60, 24
MARKS: dict[Severity, Mark] = {
    "blocks": Mark("✗", "blocks", "figures measured on these data would mislead"),
    "warns": Mark("!", "warns", "they would be worse or vaguer than need be"),
    "unknown": Mark("?", "unknown", "it could not be looked at"),
    "fine": Mark("✓", "fine", "looked at, nothing to do"),
}
_COLOURS: dict[Severity, str] = {"blocks": "bold red", "warns": "bold yellow", "unknown": "", "fine": "green"}


def render_readiness(found: Readiness, width: int, *, colour: bool = False) -> str:
    """The check as text of at most `width` columns. Text from data can neither move the cursor nor change a colour."""
    page = Page(width, colour=colour)
    for sentence in found.summary:
        page.say(sentence)
    for severity in MARKS:
        _findings(page, severity, [one for one in found.findings if one.severity == severity])
    _suspects(page, found)
    _pairs(page, found)
    _disputes(page, found)
    page.sentences("Notes", (found.noise.note,) if found.noise.note else ())
    page.console.print()
    page.say(
        f"Intervals are two-sided {LEVEL:.0%}. Labels of sealed items were not read. Nothing was changed or left out; "
        "--json lists every item."
    )
    return page.text


def readiness_document(found: Readiness) -> dict[str, Any]:
    """The same as JSON values, with the ids of all items."""
    return {
        "summary": list(found.summary),
        "ready": not any(one.severity == "blocks" for one in found.findings),
        "findings": [encode(one) for one in found.findings],
        "items": dict(found.items),
        "groups": dict(found.groups),
        "crossing": encode(found.crossing),
        "leaks": encode(found.leaks),
        "noise": encode(found.noise),
        "conflicts": encode(found.conflicts),
        "agreement": encode(found.agreement),
        "balance": encode(found.balance),
        "sizing": [encode(one) for one in found.sizing],
        "notes": list(found.notes),
    }


def _findings(page: Page, severity: Severity, findings: list[Finding]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not findings:
        return
    mark = MARKS[severity]
    page.heading(f"{mark.word[:1].upper()}{mark.word[1:]}: {mark.meaning}")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for one in findings:
        text = Text(plain(one.sentence))
        if severity != "fine" and one.proposal:
            text.append(f"\n→ {plain(one.proposal)}")
        if severity != "fine" and one.item_ids:
            text.append(f"\nItems: {_ids(one.item_ids)}", style="dim" if page.bold else "")
        grid.add_row(Text(mark.symbol, style=_COLOURS[severity] if page.bold else ""), text)
    page.console.print(Padding(grid, (0, 0, 0, 2)))


def _ids(ids: tuple[str, ...]) -> str:
    shown = ", ".join(shorten(one, LONGEST_ID) for one in ids[:IDS_SHOWN])
    return shown + (f" and {len(ids) - IDS_SHOWN:,} more" if len(ids) > IDS_SHOWN else "")


def _suspects(page: Page, found: Readiness) -> None:
    """Two lines an item: what it says, and the two labels."""
    from rich.padding import Padding
    from rich.text import Text

    noise = found.noise
    if not noise.suspects:
        return
    page.heading("Labels to look at, and what the other items suggest")
    for one in noise.suspects[:SUSPECTS_SHOWN]:
        lines = Text(f"{shorten(one.item_id, LONGEST_ID)}: ")
        lines.append(f"“{shorten(one.text, LONGEST_TEXT)}”\n")
        lines.append(f"    {shorten(one.given, LONGEST_LABEL)} → {shorten(one.suggested, LONGEST_LABEL)}? ")
        lines.append(f"({one.confidence:.0%} sure)")
        page.console.print(Padding(lines, (0, 0, 0, 2)))
    left = noise.suspected - min(SUSPECTS_SHOWN, len(noise.suspects))
    if left:
        listed = f", which lists the first {len(noise.suspects):,}" if noise.suspected > len(noise.suspects) else ""
        page.say(f"  and {left:,} more in --json{listed}.")


def _pairs(page: Page, found: Readiness) -> None:
    pairs = [one for one in found.noise.pairs if one.share >= 0.02][:PAIRS_SHOWN]
    if len(found.balance.counts) > 2 and pairs:
        page.sentences(
            "Labels taken for each other, by share of the doubtful items",
            [f"{one.share:.0%}: {one.first} and {one.second}" for one in pairs],
        )


def _disputes(page: Page, found: Readiness) -> None:
    page.sentences(
        "Labels that annotators take for each other",
        [
            f"{one.first} and {one.second}: {one.times} times, in {_ids(one.item_ids)}"
            for one in found.agreement.disputes[:DISPUTES_SHOWN]
        ],
    )
