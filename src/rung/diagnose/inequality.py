"""How unevenly the losses are spread over slices: the Gini index with an interval that noise does not push up.

Few failures over many slices are unequal by chance alone, so the plain index lies above that of the true losses, and a
plain bootstrap above both. The upper end is the upper percentile of a bootstrap over groups, which that makes too high
rather than too low. The lower end comes from halves: order the slices by the losses of a random half of the groups and
take the concentration index (Kakwani 1980) of the other half's losses in that order. Noise of one half says nothing of
the other, so the index is at most the true Gini on average, and 0 for an even spread. The interval is therefore wider
than its level asks for, at both ends; simulations in the tests hold it to that.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from rung.diagnose.concentration import gini
from rung.diagnose.losses import Losses, resampled, shuffled
from rung.diagnose.stakes import FloatArray
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.stats.critical import normal_critical
from rung.stats.resampling import times_drawn
from rung.stats.sums import ONE_CLUSTER

SPLITS = 20
HALF_DRAWS = 200
PLAIN_DRAWS = 400


def concentration_index(losses: FloatArray, order_by: FloatArray) -> float:
    """Twice the area between the diagonal and the curve of `losses` cumulated in the order of `order_by`, in (-1, 1).

    The Gini index where they are the same. Slices that tie in `order_by` share a rank. 0 without losses.
    """
    total, count = float(losses.sum()), len(losses)
    if total <= 0.0:
        return 0.0
    order = np.sort(order_by)
    ranks = (np.searchsorted(order, order_by, "left") + np.searchsorted(order, order_by, "right") + 1) / 2.0
    return float(2.0 * (ranks * losses).sum() / (count * total) - (count + 1) / count)


def gini_figure(table: Losses, rng: np.random.Generator, *, source: str) -> Figure:
    """The Gini index of the losses by slice, in [0, 1 - 1/n]; its note says what chance alone would give."""
    losses = table.by_slice(table.loss)
    if len(table.slices) < 2:
        return Missing("all items belong to one slice", "add examples of other labels, segments or flows")
    if losses.sum() <= 0.0:
        return Missing("nothing is lost where the failures are", "flows[].requests_per_month, value_usd")
    once = np.ones(table.groups)
    halves = float(np.mean([_across_halves(table, once, rng) for _ in range(SPLITS)]))
    draws = [_across_halves(table, times_drawn(table.groups, rng), rng) for _ in range(HALF_DRAWS)]
    plain = np.array([gini(drawn) for drawn in islice(resampled(table, rng), PLAIN_DRAWS)])
    value, tail = gini(losses), (1.0 + LEVEL) / 2.0
    known = table.groups > 1
    return Estimate(
        value=value,
        low=float(min(value, max(0.0, halves - normal_critical(LEVEL) * float(np.std(draws))))) if known else None,
        high=float(max(value, np.quantile(plain, tail))) if known else None,
        unit="index",
        n=int(np.count_nonzero(table.loss)),
        provenance=Provenance.ASSUMED if table.weighted else Provenance.MEASURED,
        source=f"{source}: Gini index over {len(table.slices)} slices",
        note=f"chance alone would give {_by_chance(table, rng):.2f}; "
        + ("the interval is wider than its level asks for" if known else ONE_CLUSTER),
    )


def _across_halves(table: Losses, times: FloatArray, rng: np.random.Generator) -> float:
    """Each half in the order of the other, averaged; copies of a group stay in one half."""
    first = rng.random(table.groups) < 0.5
    drawn = table.loss * times[table.group]
    one = table.by_slice(drawn * first[table.group])
    other = table.by_slice(drawn * ~first[table.group])
    return (concentration_index(one, other) + concentration_index(other, one)) / 2.0


def _by_chance(table: Losses, rng: np.random.Generator) -> float:
    """The mean Gini index when the groups' failure rates are shuffled over groups."""
    values = [gini(losses) for losses in shuffled(table, rng)]
    return float(np.mean(values)) if values else 0.0
