"""A failure analysis on a terminal, at 60 columns and wider; or one class of failures, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from rung.diagnose.causes import Cause
from rung.diagnose.classes import Failed, FailureClass
from rung.diagnose.diagnosis import Diagnosis
from rung.diagnose.gates import Gate
from rung.diagnose.proof import Proof
from rung.diagnose.remedies import REMEDIES
from rung.diagnose.sentences import CAUSE_NAMES
from rung.diagnose.two_by_two import TwoByTwo
from rung.estimate import LEVEL, Figure, Missing
from rung.report.diagnosis import proofs, questions
from rung.report.diagnosis.classes import named, open_class
from rung.report.diagnosis.question import TITLES, Grid, Line, Question, Told
from rung.report.escape import plain, shorten
from rung.report.figures import show, shown
from rung.report.page import Page, broken
from rung.report.words import (
    CAUSES_NOTE,
    CLASS_TITLES,
    GATE_LOCKED,
    GATE_OPEN,
    OWNER_TITLES,
    PROVENANCES,
    gate_words,
    remedy_title,
    sentence,
    title_words,
)

if TYPE_CHECKING:
    from rung.pipeline.diagnose import Diagnosed

CLASSES_SHOWN = 15
ROWS_SHOWN = 10
ITEMS_SHOWN = 200
TEXT_SHOWN = 400
"""Characters of an item's input; the document holds all that was kept."""
ANSWER_SHOWN = 200
LONGEST_NAME = 160
NARROWEST_NAME = 22
CLASS_COLUMNS = 40
"""What the columns beside the names of the classes take, with the gaps between them."""
GRID_COLUMNS = 46
LEADING = 3
"""Sentences that stand before everything else."""
LONGEST_LINE_NAME = 34


def render_diagnosis(found: Diagnosed, width: int, *, colour: bool = False, opened: str | None = None) -> str:
    """The analysis as text of at most `width` columns: three sentences first, then the evidence.

    `opened` names a class; then only that class is told, with a block for each of its items. Text from data can
    neither move the cursor nor change a colour.
    """
    page = Page(width, colour=colour)
    if opened is not None:
        _opened(page, found, opened)
        return page.text
    diagnosis = found.diagnosis
    _lead(page, diagnosis)
    _causes(page, diagnosis.causes, diagnosis.items)
    _gates(page, found.gates)
    _classes(page, diagnosis)
    for question in questions.asked(diagnosis):
        _question(page, question, diagnosis.items)
    _owners(page, diagnosis)
    page.sentences("Not asked", questions.not_asked(diagnosis))
    for proof in found.proofs:
        _proof(page, proof)
    if found.two_by_two is not None:
        _two_by_two(page, found.two_by_two, diagnosis.items)
    page.console.print()
    legend = ", ".join(f"{mark.symbol} {mark.word}" for mark in PROVENANCES.values())
    page.say(f"Points are percentage points. Intervals are two-sided {LEVEL:.0%}. {legend}.")
    return page.text


def _lead(page: Page, diagnosis: Diagnosis) -> None:
    from rich.text import Text

    page.console.print(Text(shorten(questions.title(diagnosis), LONGEST_NAME), style=page.bold))
    for told in diagnosis.sentences[:LEADING]:
        page.say(told)
    if not diagnosis.sentences:
        page.say(f"{diagnosis.failures:,} failures in {diagnosis.items:,} items.")
    page.sentences("Also", diagnosis.sentences[LEADING:])


def _causes(page: Page, causes: Sequence[Cause], items: int) -> None:
    if not causes:
        return
    page.heading("Causes, the largest first")
    page.say(CAUSES_NOTE)
    rows = [
        (
            f"{place}.",
            f"{CAUSE_NAMES[cause.name]}: {_short(Told(cause.share), items)}\n"
            f"{plain(cause.finding).rstrip('.')}; remedy: {remedy_title(cause.remedy)}",
        )
        for place, cause in enumerate(causes, start=1)
    ]
    _pairs(page, rows)


def _gates(page: Page, gates: Sequence[Gate]) -> None:
    if not gates:
        return
    page.heading("Gates: what the findings forbid for now")
    rows = []
    for gate in sorted(gates, key=lambda gate: not gate.locked):
        mark = GATE_LOCKED if gate.locked else GATE_OPEN
        rows.append((f"{mark.symbol} {mark.word}", f"{title_words(plain(gate.name))}: {plain(gate_words(gate))}"))
    _pairs(page, rows)


def _classes(page: Page, diagnosis: Diagnosis) -> None:
    classes = diagnosis.classes
    if not classes:
        return
    number, title = TITLES["classes"]
    page.heading(f"{number} {title}: what the failures have in common")
    first = classes[:CLASSES_SHOWN]
    room = max(page.console.width - CLASS_COLUMNS, NARROWEST_NAME)
    names = [
        broken(shorten(one.name, LONGEST_NAME), room)
        + "\n"
        + broken(f"  {CLASS_TITLES[one.kind]}; {remedy_title(one.remedy)}", room)
        for one in first
    ]
    columns = [
        ("failures", [_of(one) for one in first]),
        ("share", [_value_and_interval(one.share) for one in first]),
        ("USD a month", [_value_and_interval(one.value_usd_per_month) for one in first]),
    ]
    if all(isinstance(one.value_usd_per_month, Missing) for one in first):
        columns.pop()
    page.tables(("class, kind and remedy", names), columns)
    if len(classes) > len(first):
        page.say(f"{_more(len(classes) - len(first), 'class', 'classes')}; the page and --json have them.")
    page.say(f"Open one, item by item: rung diagnose {plain(diagnosis.strategy)} --open NAME")


def _of(one: FailureClass) -> str:
    return f"{one.failures:,}" if one.failures == one.items else f"{one.failures:,} of {one.items:,}"


def _value_and_interval(figure: Figure, *, difference: bool = False) -> str:
    """The value with the mark of its provenance, and its interval on a line of its own."""
    parts = shown(figure, difference=difference)
    if parts.missing:
        return "–"
    value = parts.value.removeprefix("USD ").removesuffix(" per month").removesuffix(" points")
    ends = parts.interval.partition(":")[0].replace("% to ", "–").replace(" to ", "–").partition(", no ")[0]
    if "+" in ends or "\u2212" in ends:
        ends = parts.interval  # a dash between two signs cannot be read
    return f"{value} {parts.symbol}\n{ends}" if ends else f"{value} {parts.symbol}"


def _question(page: Page, question: Question, items: int) -> None:
    page.heading(f"{question.number} {question.title}")
    for reading in question.readings:
        page.say(reading)
    _lines(page, question.lines, items)
    for place, grid in enumerate(question.grids):
        if place or question.readings or question.lines:
            page.console.print()
        _grid(page, grid)
    for gap in question.unknown:
        page.say(gap)


def _lines(page: Page, lines: Sequence[Line], items: int) -> None:
    room = min(LONGEST_LINE_NAME, page.console.width // 2 - 3)
    rows = [
        (
            broken(shorten(line.name, LONGEST_NAME), room),
            _short(line.told, items) + (f"; {plain(line.note)}" if line.note else ""),
        )
        for line in lines
    ]
    _pairs(page, rows)


def _short(told: Told, items: int) -> str:
    """The value, its interval and the mark of its provenance; the sample where it is not all the items."""
    parts = shown(told.figure, difference=told.difference)
    if parts.missing:
        return told.text
    body = f"{parts.value} {parts.symbol} ({parts.interval})" if parts.interval else f"{parts.value} {parts.symbol}"
    return body if parts.count in {"", f"n = {items:,}"} else f"{body}, {parts.count}"


def _pairs(page: Page, rows: Sequence[tuple[str, str]]) -> None:
    """A name and what is said of it, side by side; both free of control characters."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, told in rows:
        grid.add_row(Text(name), Text(told))
    page.console.print(Padding(grid, (0, 0, 0, 2)))


def _grid(page: Page, grid: Grid) -> None:
    first = grid.rows[:ROWS_SHOWN]
    room = max(page.console.width - GRID_COLUMNS, NARROWEST_NAME)

    def text(cell: str | Told) -> str:
        if isinstance(cell, Told):
            return _value_and_interval(cell.figure, difference=cell.difference)
        return shorten(cell, LONGEST_NAME)

    names = [broken(text(row[0]), room) for row in first]
    columns = [
        (broken(title, 17), [text(row[place]) for row in first]) for place, title in enumerate(grid.head) if place
    ]
    page.say(f"{grid.caption}:")
    page.tables((broken(grid.head[0], room), names), columns)
    if len(grid.rows) > len(first):
        page.say(f"{_more(len(grid.rows) - len(first), 'row', 'rows')}; --json has them.")


def _owners(page: Page, diagnosis: Diagnosis) -> None:
    if not diagnosis.owed:
        return
    page.heading("Who owns the failures, each counted once")
    lines = [Line(OWNER_TITLES[owner], Told(share)) for owner, share in diagnosis.owed.items()]
    _lines(page, [line for line in lines if not isinstance(line.told.figure, Missing)], diagnosis.failures)


def _proof(page: Page, proof: Proof) -> None:
    page.heading(f"Did it help? {shorten(proof.after, LONGEST_NAME)}")
    for told in proofs.proof_sentences(proof):
        page.say(told)
    grid = proofs.proof_grid(proof)
    if grid is not None:
        page.console.print()
        _grid(page, grid)


def _two_by_two(page: Page, found: TwoByTwo, items: int) -> None:
    page.heading("Retrieval and tuning together")
    _grid(page, proofs.two_by_two_grid(found))
    _lines(page, proofs.two_by_two_lines(found), items)
    if found.strategies:
        page.say(sentence(proofs.two_by_two_strategies(found)))


def _opened(page: Page, found: Diagnosed, name: str) -> None:
    classes = named(found.opened, name) or named(found.diagnosis.classes, name)
    if not classes:
        _no_such_class(page, found.diagnosis, name)
    for place, one in enumerate(classes):
        if place:
            page.console.print()
        _class(page, one, found.items)


def _no_such_class(page: Page, diagnosis: Diagnosis, name: str) -> None:
    page.say(f"No class of failures of {diagnosis.strategy} is called {shorten(name, LONGEST_NAME)}.")
    names = list(dict.fromkeys(one.name for one in diagnosis.classes))
    near = get_close_matches(name, names, n=CLASSES_SHOWN, cutoff=0.5) or names[:CLASSES_SHOWN]
    page.sentences("Classes that there are", near)
    if len(names) > len(near):
        page.say(f"{_more(len(names) - len(near), 'class', 'classes')}.")


def _class(page: Page, one: FailureClass, items: Sequence[Failed]) -> None:
    from rich.text import Text

    page.console.print(Text(f"{plain(one.name)}", style=page.bold))
    size = f"{_of(one)} failures" if one.failures == one.items else f"{_of(one)} items fail"
    page.say(sentence(f"{title_words(CLASS_TITLES[one.kind])}: {one.because}"))
    page.say(f"{size}. Share of all failures: {show(one.share)}.")
    if one.more_often is not None:
        page.say(f"Failure rate less that of all other items: {show(one.more_often, difference=True)}.")
    page.say(f"Lost a month: {show(one.value_usd_per_month)}.")
    page.say(f"Remedy: {REMEDIES[one.remedy]}")
    opened = open_class(one, items, ITEMS_SHOWN)
    for item in opened.shown:
        page.heading(plain(item.id))
        rows = [("input", shorten(item.input, TEXT_SHOWN)), ("expected", shorten(item.expected, ANSWER_SHOWN))]
        rows.append(("answered", shorten(item.answered, ANSWER_SHOWN) or "nothing"))
        if item.outcome:
            rows.append(("outcome", title_words(plain(item.outcome)).lower()))
        _pairs(page, rows)
    if opened.ids:
        page.sentences("Items whose texts are not at hand", opened.ids)
    if opened.rest:
        page.console.print()
        page.say(f"{_more(opened.rest, 'item', 'items')}; --json has them.")


def _more(count: int, one: str, many: str) -> str:
    return f"{count:,} more {one if count == 1 else many}"
