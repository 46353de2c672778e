"""The labels that a target takes, as a distribution over the draws."""

from __future__ import annotations

import numpy as np

from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance, exact, weakest
from rung.forecast.learning_curve.curve import FloatArray
from rung.forecast.learning_curve.result import TargetLabels

FARTHEST = 10
"""Times the largest number of labels measured: beyond it the curve is not asked for a number."""
UNIT = "labels"


def target_labels(
    name: str,
    minimum: float,
    labels: FloatArray,
    *,
    smallest: float,
    largest: float,
    train_items: int,
    items: int,
    label_usd: Figure,
    source: str,
) -> TargetLabels:
    """`labels` holds the number that each draw says, infinity for never. The curve is asked between the `smallest` and
    `FARTHEST` times the `largest` number measured: a draw below counts as the smallest, one above as beyond."""
    limit = FARTHEST * largest
    total = np.maximum(labels, smallest)
    notes = ["reached at the smallest size measured, perhaps with fewer"] if np.median(total) <= smallest else []
    never = float(np.isinf(labels).mean())
    within = float((total <= limit).mean())
    in_total = _figure(total, limit, items, source, never, notes)
    more = _more(in_total, train_items, limit)
    return TargetLabels(
        target=name,
        minimum=minimum,
        labels=in_total,
        more=more,
        never=exact(never, "share", Provenance.MODELLED, source),
        within_limit=exact(within, "share", Provenance.MODELLED, source),
        cost_usd=_cost(more, label_usd),
    )


def _figure(total: FloatArray, limit: float, items: int, source: str, never: float, notes: list[str]) -> Figure:
    tail = (1 - LEVEL) / 2
    # Not interpolated: between a number and infinity there is nothing.
    low, middle, high = (float(one) for one in np.quantile(total, [tail, 0.5, 1 - tail], method="inverted_cdf"))
    if middle > limit:
        first = f"one draw in twenty reaches it with {low:,.0f}" if low <= limit else "hardly a draw reaches it before"
        return Missing(
            f"more than {limit:,.0f} labels, {FARTHEST} times the largest number measured: {never:.0%} of the draws "
            f"never reach it, and {first}",
            "try a stronger strategy, or label more and forecast again from larger sizes",
        )
    if high > limit:
        notes = [*notes, f"more than {limit:,.0f} at the upper end, where the curve is not asked any further"]
    top = None if high > limit else high
    return Estimate(middle, low, top, UNIT, items, Provenance.MODELLED, source, "; ".join(notes))


def _more(total: Figure, there: int, limit: float) -> Figure:
    if isinstance(total, Missing):
        return Missing(f"more than {limit - there:,.0f} labels", total.remedy)
    value, low, high = (None if one is None else max(one - there, 0.0) for one in (total.value, total.low, total.high))
    note = "; ".join(part for part in (total.note, f"beyond the {there:,} training labels there are") if part)
    return Estimate(value or 0.0, low, high, UNIT, total.n, total.provenance, total.source, note)


def _cost(more: Figure, label_usd: Figure) -> Figure:
    """Ends times ends: the price and the number are taken as low, or as high, together, which is wider than needed."""
    if isinstance(label_usd, Missing):
        return label_usd
    if isinstance(more, Missing):
        return Missing(f"it pays for {more.because}", more.remedy)
    low = None if more.low is None or label_usd.low is None else more.low * label_usd.low
    high = None if more.high is None or label_usd.high is None else more.high * label_usd.high
    provenance = weakest([more.provenance, label_usd.provenance])
    source = f"labels to collect x price of a label ({label_usd.source})"
    return Estimate(more.value * label_usd.value, low, high, "USD", more.n, provenance, source, more.note)
