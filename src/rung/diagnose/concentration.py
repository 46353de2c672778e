"""Are the failures worth fixing in one place? Lorenz curve, Gini index and the share of the worst fifth.

Lorenz 1905; Gini 1912.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from rung.diagnose.losses import Losses, losses_of, resampled, shuffled
from rung.diagnose.seeding import seeded
from rung.diagnose.stakes import FloatArray
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Row
from rung.stats import clustered_wilson
from rung.stats.sums import ONE_CLUSTER
from rung.task.task import Flow

WORST_SHARE_OF_SLICES = 0.2
ALL = 1.0 - 1e-9


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


def concentration(
    rows: Sequence[Row], flows: Sequence[Flow], *, seed: str, source: str, by_label: bool = True
) -> Figure:
    """The share of the losses that lies in the worst fifth of the slices (rounded up to a whole slice).

    The worst fifth is picked after the fact, in the data and once more in every resample, so the percentiles of a
    bootstrap over groups lie too high: with 150 items in 24 slices its lower 5 % end was above the true share in
    up to 88 % of simulated samples that were unevenly spread. The interval is therefore the value plus and minus
    the distance to the upper percentile (1 % to 8 % in the same simulations), within what is possible. Where that
    percentile is all of the losses, it says nothing of the distance, and the lower end is told by halves of the groups.
    Both ends are None for a single group. Evenly spread failures still look concentrated, so the note gives the share
    that chance alone would put there (failure rates shuffled over groups), without which a small sample always looks
    concentrated. Assumed rather than measured where the team's statements weigh the failures. Missing without failures
    or with a single slice.
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
    low, high = _ends(value, float(np.quantile(shares, (1 + LEVEL) / 2)), table, count, rng)
    worst = [table.slices[index] for index in np.argsort(-losses, kind="stable")[:count]]
    unit = "requests x value" if table.weighted else "failures"
    return Estimate(
        value=value,
        low=low,
        high=high,
        unit="share",
        n=failures,
        provenance=Provenance.ASSUMED if table.weighted else Provenance.MEASURED,
        source=f"{source}: {unit} over {len(table.slices)} slices ({'label' if by_label else 'segment'} within flow), "
        f"worst {count}",
        note=(
            f"worst: {', '.join(worst[:5])}{' and others' if count > 5 else ''}; "
            f"chance alone would put {_by_chance(table, count, rng):.0%} there; Gini {gini(losses):.2f}"
            f"{f'; {ONE_CLUSTER}' if table.groups == 1 else ''}"
        ),
    )


def _ends(
    value: float, upper: float, table: Losses, count: int, rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """`upper` is the upper percentile of the resamples."""
    if table.groups == 1:
        return None, None
    reach = max(0.0, upper - value)
    low = value - reach if upper < ALL else min(value - reach, _low_of_halves(table, count, rng))
    return max(count / len(table.slices), low), min(1.0, value + reach)


def _low_of_halves(table: Losses, count: int, rng: np.random.Generator) -> float:
    """The lower end of what the slices that are worst in a random half of the groups lose in the other half, as a share
    of all that this half loses. No `count` slices lose more than the worst, so the end holds for those as well."""
    first = (rng.random(table.groups) < 0.5)[table.group]
    in_first = table.by_slice(table.loss * first)
    worst = [number for number in np.argsort(-in_first, kind="stable")[:count] if in_first[number] > 0.0]
    lost = (table.loss > 0.0) & ~first
    if not lost.any():
        return 0.0
    hits = np.isin(table.slice[lost], worst).astype(np.float64)
    return clustered_wilson(hits, table.group[lost], level=LEVEL, weights=table.loss[lost]).low or 0.0


def _by_chance(table: Losses, count: int, rng: np.random.Generator) -> float:
    """The mean worst share of shuffled failures."""
    shares = [worst_share(losses, count) for losses in shuffled(table, rng)]
    return float(np.mean(shares)) if shares else 1.0


def _as_losses(losses: ArrayLike) -> FloatArray:
    array = np.asarray(losses, dtype=np.float64)
    if array.ndim != 1 or (array < 0).any() or not array.sum() > 0:
        raise ValueError("losses must be a list of numbers of which none is negative and one is positive")
    return array
