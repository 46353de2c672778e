"""Each target against what was measured: meets, misses, undecided or unmeasured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from rung.decide.decision import TargetResult, TargetState
from rung.decide.words import UNIT_OF, number, say, wish
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Metrics
from rung.stats.power import items_behind, items_to_decide
from rung.task.task import Target

ITEMS_FOR_P95 = 59
"""Fewest items whose largest value bounds the 95th percentile from above with 95 % confidence: .95^59 < .05."""


def judge_targets(targets: Sequence[Target], metrics: Metrics) -> tuple[TargetResult, ...]:
    """Every target in its order, against all requests or against the segment it names."""
    return tuple(judge_target(target, figure_for(target, metrics)) for target in targets)


def figure_for(target: Target, metrics: Metrics) -> Figure:
    """The figure that the target speaks of; Missing when the segment has no items."""
    if target.segment is None:
        return metrics.overall.get(target.metric, Missing(f"{target.metric} was not computed"))
    part = metrics.by_segment.get(target.segment)
    if part is None:
        return Missing(f"no {target.segment} items were evaluated", f"add examples with segment: {target.segment}")
    return part.get(target.metric, Missing(f"{target.metric} is not told by segment"))


def judge_target(target: Target, figure: Figure) -> TargetResult:
    """The state follows the end of the interval, never the point: each end is a one-sided 95 % bound.

    A minimum is met when `low` reaches it and missed when `high` stays below it; a maximum the other way round.
    """
    if isinstance(figure, Missing):
        return TargetResult(target, "unmeasured", figure, _unmeasured(target, figure))
    bound = target.minimum if target.minimum is not None else target.maximum
    if bound is None:
        raise ValueError(f"the target {target.name} has neither minimum nor maximum")
    good_end, bad_end = (figure.low, figure.high) if target.minimum is not None else (figure.high, figure.low)
    sign = 1.0 if target.minimum is not None else -1.0
    if good_end is not None and sign * (good_end - bound) >= 0:
        return TargetResult(target, "meets", figure, f"{say(figure)} meets {wish(target)}")
    if bad_end is not None and sign * (bad_end - bound) < 0:
        return TargetResult(target, "misses", figure, f"{say(figure)} misses {wish(target)}")
    needed = items_needed(target, figure, bound)
    return TargetResult(target, "undecided", figure, _undecided(target, figure, needed), needed)


def overall_state(results: Iterable[TargetResult]) -> TargetState:
    """One miss is a miss; every target met is a pass; otherwise what stands in the way (unmeasured first)."""
    states = {result.state for result in results}
    for state in ("misses", "unmeasured", "undecided"):
        if state in states:
            return state
    return "meets" if states else "unmeasured"


def items_needed(target: Target, figure: Estimate, bound: float) -> int | None:
    """Items in all that would decide the target if the observed value holds; None when that cannot be told.

    Task success: Wilson's bound at the design effect that the present interval implies. Other metrics: the end of
    the interval draws nearer with the square root of the number of items. None where the interval is not all sampling:
    a latency pass asks the same number of requests whatever the items, and assumed prices stay as wide as they are.
    """
    if target.metric == "latency_p95_ms":
        return ITEMS_FOR_P95 if figure.high is None else None
    if target.metric == "cost_per_success_usd" and figure.provenance <= Provenance.ASSUMED:
        return None
    if figure.n is None or figure.n < 1 or figure.value == bound:
        return None
    if target.metric == "task_success":
        effective = items_behind(figure.value, figure.low, figure.high, level=LEVEL)
        design_effect = max(1.0, figure.n / effective) if effective else 1.0
        needed = items_to_decide(figure.value, bound, level=LEVEL, design_effect=design_effect)
        return None if needed is None else max(needed, figure.n + 1)
    end = figure.low if figure.value > bound else figure.high
    if end is None:
        return None
    ratio = (end - figure.value) / (bound - figure.value)
    needed = ceil(figure.n * ratio * ratio)
    return max(needed, figure.n + 1) if needed <= 100_000 else None


def _unmeasured(target: Target, figure: Missing) -> str:
    remedy = f"; {figure.remedy}" if figure.remedy else ""
    return f"{wish(target)} cannot be tested: {figure.because}{remedy}"


def _undecided(target: Target, figure: Estimate, needed: int | None) -> str:
    bound = target.minimum if target.minimum is not None else target.maximum
    words = f"{say(figure)} leaves {wish(target)} open"
    if needed is not None:
        held = number(figure.value, UNIT_OF[target.metric])
        have = "" if figure.n is None else f" ({figure.n} now)"
        return f"{words}; about {needed:,} items{have} would decide it if {held} holds"
    if figure.value == bound:
        return f"{words}: the observed value is the bound itself, so no number of items can be named"
    if target.metric == "latency_p95_ms":
        return f"{words}; more items alone will not decide it, a pass times {figure.n} requests"
    if target.metric == "cost_per_success_usd" and figure.high is not None:
        return f"{words}; more items narrow only its sampled part, the rest is assumed prices, volume and effort"
    if figure.note:
        return f"{words}: {figure.note}"
    return f"{words}; how many items would decide it cannot be told"
