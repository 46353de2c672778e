"""The baseline, told on a terminal and as one JSON document."""

from __future__ import annotations

from collections.abc import Callable
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
_DIMENSIONS: tuple[Dimension, ...] = ("flow", "segment", "provider", "model", "week")
_COLUMNS: tuple[tuple[str, Callable[[CellFigures], Figure], bool], ...] = (
    ("success", lambda cell: cell.metrics["task_success"], True),
    ("corrected", lambda cell: cell.metrics["correction_rate"], True),
    ("p95 ms", lambda cell: cell.metrics["latency_p95_ms"], True),
    ("USD/success", lambda cell: cell.metrics["cost_per_success_usd"], True),
    ("errors", lambda cell: cell.error_rate, False),
    ("limited", lambda cell: cell.rate_limited_rate, False),
    ("in", lambda cell: cell.mean_input_tokens, False),
    ("out", lambda cell: cell.mean_output_tokens, False),
)
"""(title, figure, whether its interval is shown below it). A column that nothing is known of is left out."""


def render_baseline(found: Baseline, width: int, *, colour: bool = False) -> str:
    """The baseline as text of at most `width` columns."""
    page = Page(width, colour=colour)
    page.say(f"What runs today: {found.source}.")
    page.heading("All requests")
    _overall(page, found.overall)
    for dimension in _DIMENSIONS:
        if dimension in found.cells:
            _cells(page, dimension, found)
    _cohorts(page, found.cohorts)
    page.sentences("Notes", found.notes)
    page.console.print()
    page.say(
        f"Intervals are two-sided {LEVEL:.0%}. Latency counts answered requests only; errors and rate limits are rates "
        "of their own. An outcome that is not known is neither right nor wrong."
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
    figures += [("Mean input", cell.mean_input_tokens), ("Mean output", cell.mean_output_tokens)]
    for title, figure in figures:
        note = figure.note if isinstance(figure, Estimate) else ""
        grid.add_row(title, Text(show(figure) + (f"; {plain(note)}" if note else "")))
    page.console.print(grid)


def _cells(page: Page, dimension: Dimension, found: Baseline) -> None:
    cells = found.cells[dimension]
    left_out = found.left_out.get(dimension, 0)
    if dimension == "week" and len(cells) > WEEKS_SHOWN:
        left_out, cells = left_out + len(cells) - WEEKS_SHOWN, cells[-WEEKS_SHOWN:]
    page.heading(f"By {dimension}")
    names = [shorten(plain(cell.name) or NOT_TOLD, LONGEST_NAME) for cell in cells]
    columns = [("requests", [f"{cell.requests:,}" for cell in cells])]
    columns += [
        (title, [_short(figure(cell), interval=interval) for cell in cells])
        for title, figure, interval in _COLUMNS
        if any(isinstance(figure(cell), Estimate) for cell in cells)
    ]
    page.tables((dimension, names), columns)
    if left_out:
        page.say(f"{left_out:,} more, {'earlier' if dimension == 'week' else 'smaller'}; --json has those measured.")


def _cohorts(page: Page, cohorts: tuple[Cohort, ...]) -> None:
    if not any(one.counts.success_known or one.counts.corrected_known for one in cohorts):
        return
    page.heading("Outcomes by week of the request")
    shown_weeks = cohorts[-WEEKS_SHOWN:]
    counts = [one.counts for one in shown_weeks]
    columns = [
        ("requests", [f"{one.requests:,}" for one in counts]),
        ("outcome\nknown", [f"{one.success_known:,}" for one in counts]),
        ("right", [_short(one.success_rate) for one in shown_weeks]),
        ("correction\nknown", [f"{one.corrected_known:,}" for one in counts]),
        ("corrected", [_short(one.correction_rate) for one in shown_weeks]),
    ]
    weeks = [one.counts.week + ("" if one.mature else "\n  too recent") for one in shown_weeks]
    page.tables(("week", weeks), columns)


def _short(figure: Figure, *, interval: bool = True) -> str:
    """The value without its unit, and its interval on a line of its own."""
    parts = shown(figure)
    if parts.missing:
        return "–"
    value = parts.value.removesuffix(" ms").removesuffix(" tokens").removeprefix("USD ")
    ends = parts.interval.partition(":")[0].replace("% to ", "–").replace(" to ", "–").partition(", no ")[0]
    return f"{value}\n{ends}" if interval and ends else value
