"""What one accepted outcome costs, correction labour included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rung.estimate import LEVEL, Figure, Missing, Provenance, weakest
from rung.evaluate.corrections import SHARES, labour_usd, own_flows, stated_in
from rung.evaluate.run import Row
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import Interval, fieller
from rung.stats.clustered import FloatArray
from rung.task.task import Task


def cost_per_success(rows: Sequence[Row], task: Task, cost_per_request: Figure, source: str) -> Figure:
    """All cost over accepted outcomes, in USD; a corrected failure costs, and is not an accepted outcome.

    Cost of a request: what it was metered at, `cost_per_request`, and the labour of correcting it. The interval
    is Fieller's with the low end of `cost_per_request` at its low end and the high end at its high end. Missing,
    with all of them named, while inputs are, and when no outcome was accepted.
    """
    success = np.array([row.success for row in rows], dtype=np.float64)
    if not success.any():
        return Missing(f"none of {len(rows)} outcomes was accepted, so there is nothing to divide the cost by")
    own = own_flows(rows, task.flows, (*SHARES, "correction_minutes"))
    metered, wage = metered_usd(rows), _wage(task)
    if (
        isinstance(own, Missing)
        or isinstance(metered, Missing)
        or isinstance(wage, Missing)
        or isinstance(cost_per_request, Missing)
    ):
        return _all_missing(metered, cost_per_request, own, wage)
    varying = metered + labour_usd(rows, own, wage)

    def ratio(usd_per_request: float) -> Interval:
        return fieller(varying + max(0.0, usd_per_request), success, level=LEVEL, clusters=groups_of(rows))

    middle = ratio(cost_per_request.value)
    low = None if cost_per_request.low is None else ratio(cost_per_request.low).low
    high = None if cost_per_request.high is None else ratio(cost_per_request.high).high
    return sampled(
        Interval(middle.mid, low, high, middle.note),
        "USD",
        len(rows),
        # Shares, minutes and wage are what the team states.
        weakest((Provenance.MEASURED, cost_per_request.provenance, Provenance.ASSUMED)),
        f"{source}; {cost_per_request.source}; {stated_in(own)}, prices.wage_usd_per_hour",
        cost_per_request.note,
    )


def _all_missing(*inputs: object) -> Missing:
    """What is missing among the inputs, in one value."""
    gaps = [part for part in inputs if isinstance(part, Missing)]
    remedies = dict.fromkeys(gap.remedy for gap in gaps if gap.remedy)
    return Missing("; ".join(gap.because for gap in gaps), "; ".join(remedies))


def _wage(task: Task) -> float | Missing:
    wage = task.prices.wage_usd_per_hour
    if wage is None:
        return Missing("not stated: prices.wage_usd_per_hour", "set in rung.yaml: prices.wage_usd_per_hour")
    return wage


def metered_usd(rows: Sequence[Row]) -> FloatArray | Missing:
    """What each row's calls were metered at; zeros when nothing is metered. Shape (n_rows,).

    A call that failed at the endpoint and has no cost was not answered and is not billed. Where some answers
    have a cost and others none, the others are unknown, not free.
    """
    costs = [row.prediction.cost_usd for row in rows]
    known = [cost for cost in costs if cost is not None]
    answered = sum(
        cost is not None or row.prediction.failure != "endpoint_error" for cost, row in zip(costs, rows, strict=True)
    )
    if known and len(known) < answered:
        return Missing(f"{answered - len(known)} of {answered} answers have no metered cost, the others have")
    return np.array([cost or 0.0 for cost in costs], dtype=np.float64)
