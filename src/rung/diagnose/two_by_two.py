"""Retrieval and fine-tuning, each without and with the other: the two-by-two that shows whether their gains add up.

Ovadia et al. 2023 (arXiv:2312.05934) and Balaguer et al. 2024 (arXiv:2401.08406) report it for their own tasks; here it
is the team's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.diagnose.same_items import difference, on_same_items
from rung.diagnose.shares import share_of
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Run
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
    cells = dict(zip(runs, on_same_items(list(runs.values())), strict=True))
    if not all(run.rows for run in cells.values()):
        return None
    source = ", ".join(f"{cell} run {run.id[:12]}" for cell, run in runs.items())

    def lacking(*names: Cell) -> Missing | None:
        absent = [name for name in names if name not in cells]
        return Missing(f"no strategy with {WORDS[absent[0]]} ran", "rung run") if absent else None

    def success(name: Cell) -> Figure:
        return lacking(name) or share_of(cells[name].rows, [row.success for row in cells[name].rows], source=source)

    def gain(name: Cell) -> Figure:
        return lacking(name, "neither") or difference(cells[name], cells["neither"], source=source)

    return TwoByTwo(
        neither=success("neither"),
        retrieval=success("retrieval"),
        tuning=success("tuning"),
        both=success("both"),
        strategies={name: run.strategy for name, run in runs.items()},
        retrieval_gain=gain("retrieval"),
        tuning_gain=gain("tuning"),
        interaction=lacking(*WORDS) or _interaction(cells, source),
    )


def _interaction(cells: Mapping[Cell, Run], source: str) -> Estimate:
    """Both less retrieval less tuning plus neither, item by item: from -2 to 2, so no interval of shares fits."""
    scores = {cell: np.array([float(row.success) for row in run.rows]) for cell, run in cells.items()}
    values = scores["both"] - scores["retrieval"] - scores["tuning"] + scores["neither"]
    interval = clustered_mean(values, groups_of(cells["both"].rows), level=LEVEL)
    return sampled(interval, "share", values.size, Provenance.MEASURED, source)
