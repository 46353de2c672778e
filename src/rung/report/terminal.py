"""The decision on a terminal: the verdict and what a person needs to act on it, at 80 columns and wider."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rung.decide.decision import Decision, StrategyResult
from rung.estimate import LEVEL
from rung.report import beside, rollout, table
from rung.report.escape import plain, shorten
from rung.report.figures import shown
from rung.report.one_page import one_page
from rung.report.one_page_terminal import say_one_page
from rung.report.page import Page
from rung.report.triggers import trigger_sentences
from rung.report.words import FAMILY_TITLES, PROVENANCES, STATES, STATUSES, VERDICTS, title_words

if TYPE_CHECKING:
    from rich.console import RenderableType

COMPARISONS_SHOWN = 5
LONGEST_NAME = 24
_COLOURS = {
    "meets": "green",
    "recommended": "green",
    "recommend": "green",
    "misses": "red",
    "failed_sealed": "red",
    "none_meets": "red",
    "undecided": "yellow",
    "insufficient_evidence": "yellow",
}


def render_terminal(decision: Decision, width: int, *, colour: bool = False, files: Sequence[Path] = ()) -> str:
    """The summary as text of at most `width` columns, with ANSI colours only when `colour` is asked for.

    `files` are named at the end, each on one line however long. Text from data can neither move the
    cursor nor change a colour.
    """
    page = Page(width, colour=colour)
    found = one_page(decision)
    _verdict(page, decision)
    say_one_page(page, found)
    page.sentences("Every reason", decision.because if found.reasons_left else ())
    _strategies(page, decision)
    page.sentences("What runs today, from its log", beside.production_sentences(decision))
    page.sentences("Policies broken", beside.broken_policies(decision))
    page.sentences("Not judged", beside.unscored_sentences(decision))
    page.sentences("Cannot be told apart", _unresolved(decision))
    page.sentences("Guardrails that fired", _fired(decision) if found.risks_left else ())
    excluded = tuple(f"{one.strategy} ({one.constraint}): {one.because}" for one in decision.excluded)
    page.sentences("Excluded", excluded)
    page.sentences("Flips when", decision.flips_when if found.reopens_left else ())
    page.sentences("Reopened by", trigger_sentences(decision))
    page.sentences("Measure next", decision.measure_next if found.steps_left else ())
    steps = rollout.step_words(decision.rollout)
    page.sentences("Rollout", (f"{steps} of traffic",) if steps else ())
    page.sentences("Limits", decision.limits if found.risks_left else ())
    _files(page, files)
    return page.text


def _verdict(page: Page, decision: Decision) -> None:
    from rich.text import Text

    console = page.console
    mark = VERDICTS[decision.verdict]
    console.print(Text(f"{mark.symbol} {mark.word}", style=_style(decision.verdict)))
    console.print(Text(plain(decision.headline), style=page.bold))
    if decision.sealed.exploratory:
        console.print(Text(f"Exploratory: {plain(decision.sealed.because)}"))


def _strategies(page: Page, decision: Decision) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns = table.primary_columns(decision)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    measured = [result for result in decision.strategies if result.metrics is not None]
    names = [shorten(result.card.name, LONGEST_NAME) for result in measured]
    # Names keep their width: a folded one can neither be read nor copied.
    grid.add_column("Strategy", overflow="fold", min_width=max(map(len, names), default=0), max_width=LONGEST_NAME)
    for column in columns:
        grid.add_column(Text(f"{column.title}\n{column.bound}"), overflow="fold")
    for result, shown_name in zip(measured, names, strict=True):
        status = STATUSES[result.status]
        name = Text(shown_name, style=page.bold)
        name.append(f"\n{status.symbol} {status.word}", style=_style(result.status) or "not bold")
        name.append(f"\n{FAMILY_TITLES[result.card.family]}", style="not bold")
        grid.add_row(name, *(_cell(result, column) for column in columns))
    page.heading("Strategies, lightest first")
    console = page.console
    if measured:
        console.print(grid)
    absent = [plain(result.card.name) for result in decision.strategies if result.metrics is None]
    if absent:
        console.print(Text(f"Not run: {', '.join(absent)}. The report has the reason for each."))
    legend = ", ".join(f"{mark.symbol} {mark.word}" for mark in PROVENANCES.values())
    console.print(Text(f"Intervals are two-sided {LEVEL:.0%}. {legend}."))


def _cell(result: StrategyResult, column: table.Column) -> RenderableType:
    """State, value with the mark of its provenance, interval: a line each."""
    from rich.text import Text

    found = table.cell(result, column)
    if found.figure is None:
        return Text("– not run")
    parts = shown(found.figure)
    text = Text()
    if found.state is not None:
        mark = STATES[found.state]
        text.append(f"{mark.symbol} {mark.word}\n", style=_style(found.state))
    text.append(f"{parts.value} {parts.symbol}".rstrip())
    # A narrow column takes "7.0–17.0%" where a sentence takes "7.0% to 17.0%", and no reason for what is not there.
    interval = parts.interval.partition(":")[0].replace("% to ", "–").replace(" to ", "–")
    return text.append(f"\n{interval}" if interval else "")


def _unresolved(decision: Decision) -> tuple[str, ...]:
    pairs = [one.against_lighter for one in decision.strategies if one.against_lighter is not None]
    open_pairs = [pair for pair in pairs if table.told_apart(pair) is False]
    told = [table.comparison_sentence(pair) for pair in open_pairs[:COMPARISONS_SHOWN]]
    if len(open_pairs) > COMPARISONS_SHOWN:
        told.append(f"and {len(open_pairs) - COMPARISONS_SHOWN} more pairs in the report")
    return tuple(told)


def _fired(decision: Decision) -> tuple[str, ...]:
    return tuple(
        f"{title_words(one.name)}: {one.because.rstrip('.')}."
        + (f" Holds back {', '.join(one.strategies)}." if one.strategies else "")
        for one in decision.guardrails
        if one.fired
    )


def _files(page: Page, files: Sequence[Path]) -> None:
    """A path is copied or clicked, so it stays on one line even where that is wider than the page."""
    from rich.text import Text

    if files:
        page.heading("Files")
    for path in files:
        page.console.print(Text(f"  {plain(str(path))}"), soft_wrap=True)


def _style(name: str) -> str:
    return f"bold {_COLOURS[name]}" if name in _COLOURS else ""
