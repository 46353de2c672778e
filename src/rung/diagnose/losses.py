"""What every slice of the traffic loses, and what chance makes of it: resamples and shuffles of whole groups.

A slice is a label within a flow, or a segment within a flow where items have no single label. What a failure weighs is
requests per month x value of a request, spread over the flow's items, where every flow states both; otherwise every
failure weighs the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rung.diagnose.stakes import FloatArray, IndexArray, stakes
from rung.evaluate.corrections import flow_name
from rung.evaluate.run import Row
from rung.stats.resampling import times_drawn
from rung.task.task import Flow

DRAWS = 1000
SHUFFLES = 200


@dataclass(frozen=True, slots=True)
class Losses:
    """Rows by group and slice. `group`, `slice`: numbers from 0; `at_stake`: what a failure of the row loses;
    `loss`: what it lost. All of shape (n_rows,). `parts` and `flows` name each slice's part and flow (None: none)."""

    slices: tuple[str, ...]
    parts: tuple[str, ...]
    flows: tuple[str | None, ...]
    groups: int
    group: IndexArray
    slice: IndexArray
    at_stake: FloatArray
    loss: FloatArray
    weighted: bool

    def by_slice(self, row_losses: FloatArray) -> FloatArray:
        """The sum of `row_losses` in each slice, shape (n_slices,)."""
        totals = np.bincount(self.slice, weights=row_losses, minlength=len(self.slices))
        return np.asarray(totals, dtype=np.float64)


def losses_of(rows: Sequence[Row], flows: Sequence[Flow], *, by_label: bool) -> Losses:
    """The rows by slice: a label within a flow, or a segment within a flow."""
    of_row = [flow_name(row.example.flow, flows) for row in rows]
    stake = stakes(rows, flows)
    weighted = bool(flows) and not np.isnan(stake).any()
    several = len(set(of_row)) > 1
    keys = list(zip(map(_label if by_label else _segment, rows), of_row, strict=True))
    slices = tuple(dict.fromkeys(keys))
    groups = {group: number for number, group in enumerate(dict.fromkeys(row.example.group for row in rows))}
    column = {key: number for number, key in enumerate(slices)}
    at_stake = stake if weighted else np.ones(len(rows))
    failed = np.array([not row.success for row in rows])
    return Losses(
        slices=tuple(f"{part} in {name or 'no flow'}" if several else part for part, name in slices),
        parts=tuple(part for part, _ in slices),
        flows=tuple(name for _, name in slices),
        groups=len(groups),
        group=np.array([groups[row.example.group] for row in rows]),
        slice=np.array([column[key] for key in keys]),
        at_stake=at_stake,
        loss=np.where(failed, at_stake, 0.0),
        weighted=weighted,
    )


def _label(row: Row) -> str:
    return row.example.expected


def _segment(row: Row) -> str:
    return row.example.segment or "no segment"


def resampled(table: Losses, rng: np.random.Generator) -> Iterator[FloatArray]:
    """The losses by slice in `DRAWS` resamples of the groups; resamples without any loss are left out."""
    lost = np.flatnonzero(table.loss)
    loss, group, slices = table.loss[lost], table.group[lost], table.slice[lost]
    for _ in range(DRAWS):
        times = times_drawn(table.groups, rng)
        losses = np.bincount(slices, weights=loss * times[group], minlength=len(table.slices)).astype(np.float64)
        if losses.sum() > 0:
            yield losses


def shuffled(table: Losses, rng: np.random.Generator) -> Iterator[FloatArray]:
    """The losses by slice when the groups' failure rates are shuffled over groups: what chance alone spreads."""
    stake = np.bincount(table.group, weights=table.at_stake, minlength=table.groups)
    lost = np.bincount(table.group, weights=table.loss, minlength=table.groups)
    rates = np.divide(lost, stake, out=np.zeros_like(stake), where=stake > 0)
    for _ in range(SHUFFLES):
        losses = table.by_slice(table.at_stake * rng.permutation(rates)[table.group])
        if losses.sum() > 0:
            yield losses
