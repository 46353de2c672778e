"""A forecast by scaling on a terminal, at 60 columns and wider."""

from __future__ import annotations

from collections.abc import Sequence

from rung.estimate import LEVEL
from rung.forecast.scaling import ScalingForecast, ScalingRun
from rung.report.escape import plain
from rung.report.forecast import scaling_lines as lines
from rung.report.page import Page
from rung.report.words import PROVENANCES


def render_scaling(found: ScalingForecast, width: int, *, colour: bool = False) -> str:
    """The answer first, then why there is none or what it takes, then the law and its runs."""
    from rich.text import Text

    page = Page(width, colour=colour)
    page.console.print(Text(lines.TITLE, style=page.bold))
    for sentence in lines.lead(found):
        page.say(sentence)
    page.sentences("Refused", [f"{one.because}; {one.remedy}" for one in found.refusals])
    if found.need is not None and not found.refusals:
        page.heading("What the needed loss takes")
        _pairs(page, lines.need_lines(found.need))
        page.say(lines.chances(found.need))
    if found.fit is not None:
        page.heading("The law of the runs: L = E + A / N^alpha + B / D^beta, nats a byte")
        _pairs(page, lines.fit_lines(found.fit))
    _runs(page, found.runs, found.planned)
    page.sentences("Notes", [lines.text_line(found), *found.notes])
    page.sentences("How to read it", lines.readings())
    page.console.print()
    legend = ", ".join(f"{mark.symbol} {mark.word}" for mark in PROVENANCES.values())
    page.say(f"Intervals are two-sided {LEVEL:.0%}. {legend}. Runs on {found.machine or 'an unknown machine'}.")
    return page.text


def _pairs(page: Page, told: Sequence[lines.Line]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in told:
        grid.add_row(Text(line.name), Text(plain(line.told)))
    page.console.print(Padding(grid, (0, 0, 0, 2)))


def _runs(page: Page, runs: Sequence[ScalingRun], planned: int) -> None:
    page.heading(f"Runs, {len(runs)} of {planned} planned")
    if not runs:
        return
    names = [plain(run.name) for run in runs]
    columns = [
        ("parameters", [f"{run.parameters:,}" for run in runs]),
        ("bytes read", [f"{run.tokens:,}" for run in runs]),
        ("epochs", [f"{run.tokens / run.unique_tokens:.1f}" for run in runs]),
        ("bits a byte ●", ["–" if run.nats_per_token is None else f"{run.bits_per_byte:.3f}" for run in runs]),
        ("in the fit", ["yes" if run.used else "no" for run in runs]),
    ]
    page.tables(("run", names), columns)
    for because in dict.fromkeys(run.because for run in runs if run.because):
        left = [run.name for run in runs if run.because == because]
        page.say(f"Left out, {because}: {', '.join(left)}.")
