"""Are the failures worth fixing in one place? Lorenz curve, Gini index and the share of the worst fifth.

A slice is a label within a flow. What a failure weighs is requests per month x value of a request, spread over
the flow's items, where every flow states both; otherwise every failure weighs the same. Lorenz 1905; Gini 1912.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row
from rung.task.task import Flow

FloatArray = NDArray[np.float64]
DRAWS = 1000
WORST_SHARE_OF_SLICES = 0.2


def lorenz(losses: ArrayLike) -> FloatArray:
    """Cumulative share of the losses, smallest first: shape (n + 1,), from 0 to 1. ValueError without any loss."""
    ordered = np.sort(_as_losses(losses))
    return np.concatenate([[0.0], np.cumsum(ordered) / ordered.sum()])


def gini(losses: ArrayLike) -> float:
    """0 when all slices lose the same, (n - 1) / n when one of n slices loses everything."""
    curve = lorenz(losses)
    area = float(((curve[1:] + curve[:-1]) / 2).mean())
    return max(0.0, 1.0 - 2.0 * area)


def worst_share(losses: ArrayLike, count: int) -> float:
    """The share of all losses that lies in the `count` slices that lose most, in [0, 1]."""
    array = _as_losses(losses)
    return float(np.sort(array)[::-1][:count].sum() / array.sum())


@dataclass(frozen=True, slots=True)
class _Table:
    """Failures spread over groups and slices. `losses` and `at_stake`: shape (n_groups, n_slices)."""

    slices: tuple[str, ...]
    losses: FloatArray
    at_stake: FloatArray
    weighted: bool


def concentration(rows: Sequence[Row], flows: Sequence[Flow], *, seed: str, source: str) -> Figure:
    """The share of the losses that lies in the worst fifth of the slices (rounded up to a whole slice).

    Interval: percentiles of a bootstrap over groups, widened to hold the value itself, for the worst fifth of a
    resample is always picked anew. The note gives the share that chance alone would put there (failure rates
    shuffled over groups), without which a small sample always looks concentrated. Assumed rather than measured
    where the team's statements weigh the failures. Missing without failures or with a single slice.
    `seed` is any text; the same text gives the same interval.
    """
    failures = sum(not row.success for row in rows)
    if not failures:
        return Missing("there are no failures to concentrate", "")
    table = _table(rows, flows)
    losses = table.losses.sum(axis=0)
    if len(table.slices) < 2:
        return Missing("all items belong to one slice (one label, one flow)", "add examples of other labels or flows")
    if losses.sum() <= 0:
        return Missing("the failures stand in flows without requests or value", "flows[].requests_per_month, value_usd")
    count = ceil(WORST_SHARE_OF_SLICES * len(table.slices))
    rng = np.random.default_rng(int.from_bytes(sha256(seed.encode("utf-8", "replace")).digest()[:8], "big"))
    value = worst_share(losses, count)
    resampled = _resampled(table.losses, count, rng)
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    worst = [table.slices[index] for index in np.argsort(-losses, kind="stable")[:count]]
    unit = "requests x value" if table.weighted else "failures"
    return Estimate(
        value=value,
        low=min(float(low), value),
        high=max(float(high), value),
        unit="share",
        n=failures,
        provenance=Provenance.ASSUMED if table.weighted else Provenance.MEASURED,
        source=f"{source}: {unit} over {len(table.slices)} slices (label within flow), worst {count}",
        note=(
            f"worst: {', '.join(worst[:5])}{' and others' if count > 5 else ''}; "
            f"chance alone would put {_by_chance(table, count, rng):.0%} there; Gini {gini(losses):.2f}"
        ),
    )


def _table(rows: Sequence[Row], flows: Sequence[Flow]) -> _Table:
    of_row = [_flow_of(row, flows) for row in rows]
    worth = {flow.name: _worth(flow) for flow in flows}
    weighted = bool(flows) and all(name is not None and worth.get(name) is not None for name in of_row)
    items_of = {name: of_row.count(name) for name in set(of_row)}
    several = len(items_of) > 1
    names = [
        f"{row.example.expected} in {name or 'no flow'}" if several else row.example.expected
        for row, name in zip(rows, of_row, strict=True)
    ]
    slices = tuple(dict.fromkeys(names))
    groups = {group: index for index, group in enumerate(dict.fromkeys(row.example.group for row in rows))}
    losses = np.zeros((len(groups), len(slices)))
    at_stake = np.zeros_like(losses)
    column = {name: index for index, name in enumerate(slices)}
    for row, flow, name in zip(rows, of_row, names, strict=True):
        weight = (worth[flow] or 0.0) / items_of[flow] if weighted and flow is not None else 1.0
        cell = groups[row.example.group], column[name]
        at_stake[cell] += weight
        losses[cell] += 0.0 if row.success else weight
    return _Table(slices, losses, at_stake, weighted)


def _flow_of(row: Row, flows: Sequence[Flow]) -> str | None:
    """The item's flow; the only one declared where the item names none."""
    if row.example.flow is None and len(flows) == 1:
        return flows[0].name
    return row.example.flow


def _worth(flow: Flow) -> float | None:
    if flow.requests_per_month is None or flow.value_usd is None:
        return None
    return flow.requests_per_month * flow.value_usd


def _resampled(losses: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """The worst share of `DRAWS` resamples of the groups; resamples without any loss are left out."""
    groups = losses.shape[0]
    times = rng.multinomial(groups, np.full(groups, 1.0 / groups), size=DRAWS)
    totals = times @ losses
    totals = totals[totals.sum(axis=1) > 0]
    worst = np.sort(totals, axis=1)[:, ::-1][:, :count].sum(axis=1)
    return np.asarray(worst / totals.sum(axis=1), dtype=np.float64)


def _by_chance(table: _Table, count: int, rng: np.random.Generator) -> float:
    """The mean worst share when the failure rates of the groups are shuffled over the groups."""
    stake = table.at_stake.sum(axis=1)
    rates = np.divide(table.losses.sum(axis=1), stake, out=np.zeros_like(stake), where=stake > 0)
    shares = []
    for _ in range(200):
        losses = rng.permutation(rates) @ table.at_stake
        if losses.sum() > 0:
            shares.append(worst_share(losses, count))
    return float(np.mean(shares)) if shares else 1.0


def _as_losses(losses: ArrayLike) -> FloatArray:
    array = np.asarray(losses, dtype=np.float64)
    if array.ndim != 1 or (array < 0).any() or not array.sum() > 0:
        raise ValueError("losses must be a list of numbers of which none is negative and one is positive")
    return array
