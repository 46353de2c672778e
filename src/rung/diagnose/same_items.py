"""Runs of one strategy and its arms, side by side on the items that all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rung.estimate import Estimate
from rung.evaluate.paired_scores import paired_scores
from rung.evaluate.run import Run


def on_same_items(runs: Sequence[Run]) -> list[Run]:
    """The runs with the rows of the items that all of them have, in the order of the first run; maybe none."""
    shared = set.intersection(*({row.example.id for row in run.rows} for run in runs))
    order = [row.example.id for row in runs[0].rows if row.example.id in shared]
    by_id = [{row.example.id: row for row in run.rows} for run in runs]
    return [
        replace(run, rows=tuple(rows[item] for item in order), unscored=())
        for run, rows in zip(runs, by_id, strict=True)
    ]


def difference(first: Run, second: Run, *, source: str) -> Estimate:
    """Task success of the first less that of the second on the items that both have (at least one), paired."""
    return replace(paired_scores(first, second).difference(), source=source)
