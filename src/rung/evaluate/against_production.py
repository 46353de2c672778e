"""A strategy on labelled items against what production shows of the system that runs today.

The two were not asked the same questions, so nothing can be paired: the difference has both errors in it, and labelled
items stand for the traffic only as far as they were chosen like it.
"""

from __future__ import annotations

from math import sqrt

from rung.estimate import Estimate, Figure, Missing, weakest
from rung.evaluate.run import Comparison, Metrics

PRODUCTION = "production"
"""The name of what runs today where only its log is known."""
ALL = "all"
NOT_PAIRED = "other requests than those in production, so not paired"


def against_production(strategy: str, metrics: Metrics, production: Metrics) -> Comparison:
    """The strategy minus production in task success: over all requests and for each segment that both tell.

    Intervals combine those of the two shares by the squares of their reaches (MOVER, Newcombe 1998, method 10).
    `p_value` is None and wins and losses are 0: there are no pairs. `by_segment` has all requests as "all", so that
    a loss shows even where the log tells no segments.
    """
    overall = unpaired_difference(metrics.overall.get("task_success"), production.overall.get("task_success"))
    by_segment: dict[str, Figure] = {ALL: overall}
    for name, figures in production.by_segment.items():
        if name in metrics.by_segment:
            by_segment[name] = unpaired_difference(
                metrics.by_segment[name].get("task_success"), figures.get("task_success")
            )
    return Comparison(
        challenger=strategy,
        baseline=PRODUCTION,
        difference=overall,
        p_value=None,
        wins=0,
        losses=0,
        items_needed=None,
        by_segment=by_segment,
        p_holm={},
    )


def unpaired_difference(first: Figure | None, second: Figure | None) -> Figure:
    """First minus second, of two shares seen on different items; Missing while one of them is."""
    for figure in (first, second):
        if figure is None or isinstance(figure, Missing):
            return figure or Missing("task success of one of the two is not known")
    if not isinstance(first, Estimate) or not isinstance(second, Estimate):
        return Missing("task success of one of the two is not known")
    value = first.value - second.value
    low = high = None
    if first.low is not None and second.high is not None:
        low = value - sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    if first.high is not None and second.low is not None:
        high = value + sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Estimate(
        value,
        low,
        high,
        "share",
        first.n,
        weakest((first.provenance, second.provenance)),
        f"{first.source} minus {second.source}",
        NOT_PAIRED,
    )
