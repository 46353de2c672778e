"""Are the failures worth fixing in one place? Lorenz curve, Gini index and the share of the worst fifth.

A slice is a label within a flow, or a segment within a flow where items have no single label. What a failure weighs is
requests per month x value of a request, spread over the flow's items, where every flow states both; otherwise every
failure weighs the same. Lorenz 1905; Gini 1912.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.diagnose.stakes import stakes
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.corrections import flow_name
from rung.evaluate.run import Row
from rung.task.task import Flow

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
DRAWS = 1000
SHUFFLES = 200
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


def concentration(
    rows: Sequence[Row], flows: Sequence[Flow], *, seed: str, source: str, by_label: bool = True
) -> Figure:
    """The share of the losses that lies in the worst fifth of the slices (rounded up to a whole slice).

    The worst fifth is picked after the fact, in the data and once more in every resample, so the percentiles of a
    bootstrap over groups lie too high: with 150 items in 24 slices its lower 5 % end was above the true share in
    up to 88 % of simulated samples that were unevenly spread. The interval is therefore the value plus and minus
    the distance to the upper percentile (1 % to 8 % in the same simulations), within what is possible. Evenly spread
    failures still look concentrated, so the note gives the share that chance alone would put there (failure rates
    shuffled over groups), without which a small sample always looks concentrated. Assumed rather than measured
    where the team's statements weigh the failures. Missing without failures or with a single slice.
    `seed` is any text; the same text gives the same interval.
    """
    failures = sum(not row.success for row in rows)
    if not failures:
        return Missing("there are no failures to concentrate", "")
    table = losses_of(rows, flows, by_label=by_label)
    losses = table.by_slice(table.loss)
    what = "label" if by_label else "segment"
    if len(table.slices) < 2:
        return Missing(
            f"all items belong to one slice (one {what}, one flow)", f"add examples of other {what}s or flows"
        )
    if losses.sum() <= 0:
        return Missing("the failures stand in flows without requests or value", "flows[].requests_per_month, value_usd")
    count = ceil(WORST_SHARE_OF_SLICES * len(table.slices))
    rng = seeded(seed)
    value = worst_share(losses, count)
    shares = np.array([worst_share(drawn, count) for drawn in resampled(table, rng)])
    reach = max(0.0, float(np.quantile(shares, (1 + LEVEL) / 2)) - value)
    worst = [table.slices[index] for index in np.argsort(-losses, kind="stable")[:count]]
    unit = "requests x value" if table.weighted else "failures"
    return Estimate(
        value=value,
        low=max(count / len(table.slices), value - reach),
        high=min(1.0, value + reach),
        unit="share",
        n=failures,
        provenance=Provenance.ASSUMED if table.weighted else Provenance.MEASURED,
        source=f"{source}: {unit} over {len(table.slices)} slices ({'label' if by_label else 'segment'} within flow), "
        f"worst {count}",
        note=(
            f"worst: {', '.join(worst[:5])}{' and others' if count > 5 else ''}; "
            f"chance alone would put {_by_chance(table, count, rng):.0%} there; Gini {gini(losses):.2f}"
        ),
    )


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


def seeded(seed: str) -> np.random.Generator:
    """A generator that any text seeds; the same text gives the same draws."""
    return np.random.default_rng(int.from_bytes(sha256(seed.encode("utf-8", "replace")).digest()[:8], "big"))


def _label(row: Row) -> str:
    return row.example.expected


def _segment(row: Row) -> str:
    return row.example.segment or "no segment"


def resampled(table: Losses, rng: np.random.Generator) -> Iterator[FloatArray]:
    """The losses by slice in `DRAWS` resamples of the groups; resamples without any loss are left out."""
    lost = np.flatnonzero(table.loss)
    loss, group, slices = table.loss[lost], table.group[lost], table.slice[lost]
    for _ in range(DRAWS):
        times = np.bincount(rng.integers(0, table.groups, table.groups), minlength=table.groups)
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


def _by_chance(table: Losses, count: int, rng: np.random.Generator) -> float:
    """The mean worst share of shuffled failures."""
    shares = [worst_share(losses, count) for losses in shuffled(table, rng)]
    return float(np.mean(shares)) if shares else 1.0


def _as_losses(losses: ArrayLike) -> FloatArray:
    array = np.asarray(losses, dtype=np.float64)
    if array.ndim != 1 or (array < 0).any() or not array.sum() > 0:
        raise ValueError("losses must be a list of numbers of which none is negative and one is positive")
    return array
