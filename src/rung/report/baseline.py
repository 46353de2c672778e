"""The baseline, told on a terminal and as one JSON document."""

from __future__ import annotations

from typing import Any

from rung.decide.codec import encode
from rung.estimate import LEVEL, Estimate, Figure
from rung.evaluate.baseline import Baseline, CellFigures, Cohort, Dimension
from rung.report.escape import plain, shorten
from rung.report.figures import show, shown
from rung.report.page import Page
from rung.report.words import METRIC_TITLES
from rung.task.task import METRICS

LONGEST_NAME = 24
WEEKS_SHOWN = 12
NOT_TOLD = "(not told)"
_TITLES: dict[Dimension, str] = {"flow": "flow", "segment": "segment", "model": "model", "week": "week"}


def render_baseline(found: Baseline, width: int, *, colour: bool = False) -> str:
    """The baseline as text of at most `width` columns."""
    page = Page(width, colour=colour)
    page.say(f"What runs today: {found.source}.")
    page.heading("All requests")
    _overall(page, found.overall)
    for dimension in _TITLES:
        if dimension in found.cells:
            _cells(page, dimension, found)
    _cohorts(page, found.cohorts)
    page.sentences("Notes", found.notes)
    page.console.print()
    page.say(
        f"Intervals are two-sided {LEVEL:.0%}. Latency counts answered requests only; errors and rate limits are shares "
        "of all requests. An outcome that is not known is neither right nor wrong."
    )
    return page.text


def baseline_document(found: Baseline) -> dict[str, Any]:
    """The same as JSON values."""
    overview = found.overview
    return {
        "source": found.source,
        "requests": overview.rows,
        "first_at": _iso(overview.first_at),
        "last_at": _iso(overview.last_at),
        "known_until": _iso(overview.known_until),
        "outcomes": {
            "right": overview.succeeded,
            "wrong": overview.failed,
            "unknown": overview.rows - overview.succeeded - overview.failed,
            "corrected": overview.corrected,
            "not_corrected": overview.uncorrected,
            "delay_days_p95": overview.delay_days_p95,
        },
        "cost_missing": dict(overview.cost_missing),
        "metrics": {name: encode(figure) for name, figure in found.overall.metrics.items()},
        "error_rate": encode(found.overall.error_rate),
        "rate_limited_rate": encode(found.overall.rate_limited_rate),
        "by": {
            dimension: [encode(cell) for cell in cells]
            for dimension, cells in found.cells.items()
            if dimension != "all"
        },
        "left_out": dict(found.left_out),
        "cohorts": [encode(cohort) for cohort in found.cohorts],
        "notes": list(found.notes),
    }


def _iso(moment: Any) -> str | None:
    return None if moment is None else f"{moment.isoformat(timespec='microseconds')}Z"


def _overall(page: Page, cell: CellFigures) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    figures: list[tuple[str, Figure]] = [(METRIC_TITLES[name], cell.metrics[name]) for name in METRICS]
    figures += [("Errors", cell.error_rate), ("Rate limited", cell.rate_limited_rate)]
    for title, figure in figures:
        note = figure.note if isinstance(figure, Estimate) else ""
        grid.add_row(title, Text(show(figure) + (f"; {plain(note)}" if note else "")))
    page.console.print(grid)


def _cells(page: Page, dimension: Dimension, found: Baseline) -> None:
    from rich.text import Text

    cells = found.cells[dimension]
    left_out = found.left_out.get(dimension, 0)
    if dimension == "week" and len(cells) > WEEKS_SHOWN:
        left_out, cells = left_out + len(cells) - WEEKS_SHOWN, cells[-WEEKS_SHOWN:]
    page.heading(f"By {_TITLES[dimension]}")
    table = page.grid(
        _TITLES[dimension], "requests", "success", "corrected", "p95 ms", "USD/success", "errors", "limited"
    )
    for cell in cells:
        table.add_row(
            Text(shorten(plain(cell.name) or NOT_TOLD, LONGEST_NAME)),
            f"{cell.requests:,}",
            *(_short(cell.metrics[name]) for name in METRICS),
            _rate(cell.error_rate),
            _rate(cell.rate_limited_rate),
        )
    page.console.print(table)
    if left_out:
        page.say(f"{left_out:,} more, {'earlier' if dimension == 'week' else 'smaller'}; --json has those measured.")


def _cohorts(page: Page, cohorts: tuple[Cohort, ...]) -> None:
    if not any(one.counts.success_known or one.counts.corrected_known for one in cohorts):
        return
    page.heading("Outcomes by week of the request")
    table = page.grid("week", "requests", "outcome known", "right", "correction known", "corrected", "")
    for one in cohorts[-WEEKS_SHOWN:]:
        counts = one.counts
        table.add_row(
            counts.week,
            f"{counts.requests:,}",
            f"{counts.success_known:,}",
            _short(one.success_rate),
            f"{counts.corrected_known:,}",
            _short(one.correction_rate),
            "" if one.mature else "too recent",
        )
    page.console.print(table)


def _short(figure: Figure) -> str:
    """The value and its interval, a line each."""
    parts = shown(figure)
    if parts.missing:
        return "unknown"
    value = parts.value.removesuffix(" ms").removeprefix("USD ")
    interval = parts.interval.partition(":")[0].replace("% to ", "–").replace(" to ", "–")
    return f"{value}\n{interval}" if interval else value


def _rate(figure: Estimate) -> str:
    return shown(figure).value
