"""Retrieval and fine-tuning, each without and with the other: the two-by-two that shows whether their gains add up.

Ovadia et al. 2023 (arXiv:2312.05934) and Balaguer et al. 2024 (arXiv:2401.08406) report it for their own tasks; here it
is the team's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.diagnose.shares import share_of
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row, Run
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import clustered_mean

Cell = Literal["neither", "retrieval", "tuning", "both"]
WORDS: dict[Cell, str] = {
    "neither": "neither retrieval nor tuning",
    "retrieval": "retrieval and no tuning",
    "tuning": "tuning and no retrieval",
    "both": "both retrieval and tuning",
}


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Retrieval and fine-tuning together: task success of a strategy with neither, with each, and with both, on the
    same items. Missing for a cell that no strategy ran. `strategies` names the strategy of each cell that has one.
    `retrieval_gain`, `tuning_gain` (each over neither) and `interaction` (what both bring beyond the sum of each) are
    Missing where a cell is."""

    neither: Figure
    retrieval: Figure
    tuning: Figure
    both: Figure
    strategies: dict[str, str]
    retrieval_gain: Figure
    tuning_gain: Figure
    interaction: Figure


def two_by_two(runs: Mapping[Cell, Run]) -> TwoByTwo | None:
    """The table from the runs that there are, on the items that all of them have; None unless both kinds of change ran:
    something that retrieves and something that was tuned."""
    if not ({"retrieval", "both"} & runs.keys() and {"tuning", "both"} & runs.keys()):
        return None
    shared = set.intersection(*({row.example.id for row in run.rows} for run in runs.values()))
    rows = {cell: [row for row in _by_id(run) if row.example.id in shared] for cell, run in runs.items()}
    if not shared:
        return None
    scores = {cell: np.array([float(row.success) for row in found]) for cell, found in rows.items()}
    source = ", ".join(f"{cell} run {run.id[:12]}" for cell, run in runs.items())

    def cell(name: Cell) -> Figure:
        if name not in rows:
            return Missing(f"no strategy with {WORDS[name]} ran", "rung run")
        return share_of(rows[name], [row.success for row in rows[name]], source=source)

    def combined(signs: Mapping[Cell, int]) -> Figure:
        lacking = [name for name in signs if name not in scores]
        if lacking:
            return Missing(f"no strategy with {WORDS[lacking[0]]} ran", "rung run")
        values = sum((sign * scores[name] for name, sign in signs.items()), np.zeros(len(shared)))
        return _mean(values, next(iter(rows.values())), source)

    return TwoByTwo(
        neither=cell("neither"),
        retrieval=cell("retrieval"),
        tuning=cell("tuning"),
        both=cell("both"),
        strategies={name: run.strategy for name, run in runs.items()},
        retrieval_gain=combined({"retrieval": 1, "neither": -1}),
        tuning_gain=combined({"tuning": 1, "neither": -1}),
        interaction=combined({"both": 1, "retrieval": -1, "tuning": -1, "neither": 1}),
    )


def _by_id(run: Run) -> list[Row]:
    return sorted(run.rows, key=lambda row: row.example.id)


def _mean(values: NDArray[np.float64], rows: list[Row], source: str) -> Estimate:
    interval = clustered_mean(values, groups_of(rows), level=LEVEL)
    return sampled(interval, "share", len(rows), Provenance.MEASURED, source)
