"""What `rung run` measured of each strategy, told on a terminal and as one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rung.decide.codec import encode
from rung.estimate import LEVEL, Estimate, Figure, Provenance
from rung.evaluate.run import Race, Run
from rung.pipeline.ladder import Measured
from rung.report.beside import SCORE_TITLES
from rung.report.escape import plain, shorten
from rung.report.figures import show, shown
from rung.report.page import Page
from rung.report.words import METRIC_TITLES
from rung.task.task import Metric

LONGEST_NAME = 32
REASONS_SHOWN = 3
_MEASURABLE: tuple[Metric, ...] = ("task_success", "latency_p95_ms")


def render_measured(found: Sequence[Measured], width: int, *, colour: bool = False) -> str:
    """Every strategy with its figures as text of at most `width` columns, in the order given."""
    page = Page(width, colour=colour)
    for position, one in enumerate(found):
        if position:
            page.console.print()
        _strategy(page, one)
    return page.text


def measured_document(found: Sequence[Measured]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [
        {
            "strategy": one.run.strategy,
            "run": one.run.id,
            "split": one.run.split,
            "items": len(one.run.rows) + len(one.run.unscored),
            "model_calls": one.run.model_calls,
            "fit_seconds": one.run.fit_seconds,
            "metrics": encode(one.metrics.overall),
            "policies": encode(one.metrics.policies),
            "graded_scores": encode(one.metrics.scores),
            "fields": encode(one.metrics.fields),
            "unscored": one.metrics.unscored,
            "unscored_because": dict(_reasons(one.run)),
            "stopped_early": None if one.run.race is None else _race_document(one.run.race),
        }
        for one in found
    ]


def _strategy(page: Page, one: Measured) -> None:
    from rich.text import Text

    page.console.print(Text(plain(one.run.strategy), style=page.bold))
    rows = {
        METRIC_TITLES[name]: show(figure) + _why_not_measured(name, figure)
        for name, figure in one.metrics.overall.items()
    }
    if one.run.race is not None:
        rows["Stopped early"] = _stopped(one, one.run.race)
    if one.run.unscored:
        rows["Not judged"] = _unscored(one.run)
    _figures(page, rows)
    titled = {SCORE_TITLES.get(name, name): show(figure) for name, figure in one.metrics.scores.items()}
    _part(page, "Graded scores, means from 0 to 1", titled)
    _part(page, "How often each field or check is right", _shown(one.metrics.fields))
    _part(page, "How often each policy is broken", _shown(one.metrics.policies))


def _shown(figures: Mapping[str, Figure]) -> dict[str, str]:
    return {name: show(figure) for name, figure in figures.items()}


def _why_not_measured(name: Metric, figure: Figure) -> str:
    """The note of a figure that an evaluation could measure and did not: a judge's word, another machine."""
    if name not in _MEASURABLE or not isinstance(figure, Estimate) or figure.provenance is Provenance.MEASURED:
        return ""
    return f"; {plain(figure.note)}" if figure.note else ""


def _part(page: Page, title: str, figures: Mapping[str, str]) -> None:
    if figures:
        page.say(f"  {title}:")
        _figures(page, figures, indent=4)


def _figures(page: Page, figures: Mapping[str, str], *, indent: int = 2) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, told in figures.items():
        grid.add_row(Text(shorten(name, LONGEST_NAME)), Text(told))
    page.console.print(Padding(grid, (0, 0, 0, indent)))


def _stopped(one: Measured, race: Race) -> str:
    """That the targets were settled before all items were asked, by which bounds, and what that saved."""
    success = shown(one.metrics.overall["task_success"])
    bounds = f"task success {success.value} ({success.interval}), an interval that holds at every look ({LEVEL:.0%})"
    if race.segments:
        parts = ", ".join(f"{name} {low:.0%} to {high:.0%}" for name, (low, high) in race.segments.items())
        bounds = f"{bounds}; {parts}"
    saved = race.items - race.asked
    return (
        f"{race.because.partition(':')[0]} after {race.asked} of {race.items} items, {saved} model "
        f"{'call' if saved == 1 else 'calls'} saved; {bounds}"
    )


def _unscored(run: Run) -> str:
    count = len(run.unscored)
    reasons = _reasons(run)
    told = "; ".join(f"{number} x {shorten(why, 80)}" for why, number in reasons[:REASONS_SHOWN])
    more = "; …" if len(reasons) > REASONS_SHOWN else ""
    return f"{count} {'answer' if count == 1 else 'answers'}, in no rate: {told}{more}"


def _reasons(run: Run) -> list[tuple[str, int]]:
    return Counter(one.because for one in run.unscored).most_common()


def _race_document(race: Race) -> dict[str, Any]:
    return {**encode(race), "model_calls_saved": race.items - race.asked}
