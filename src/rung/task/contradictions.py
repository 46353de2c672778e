"""Targets that no strategy could meet, because the task's own figures forbid it."""

from __future__ import annotations

from rung.errors import InvalidTask
from rung.task.schema import FlowSection, TaskFile
from rung.task.task import Metric
from rung.task.yaml import Document


def refuse_contradictions(parsed: TaskFile, document: Document) -> None:
    """Raises InvalidTask where a target lies below what corrections alone make of a system that does its best.

    A request that comes out right is still edited with the stated share, and one that fails is corrected with its own:
    with task success s the correction rate is (1 - s) corrected + s edited, and at least the smaller of the two shares.
    Over several flows it is at least that of the best one. Nothing is refused where a flow does not say its shares.
    """
    rates = [rate for flow in parsed.flows if (rate := _least_rate(flow)) is not None]
    if not rates or len(rates) < len(parsed.flows):
        return
    most = _maximum(parsed, "correction_rate")
    if most is not None and most < min(rates):
        _refuse(
            document,
            "correction_rate",
            f"{most:g} cannot be met: by the shares stated under flows, people change at least {min(rates):.3g} of all "
            "requests whatever answers them; raise the target or correct the shares",
        )
    most, wage = _maximum(parsed, "cost_per_success_usd"), parsed.prices.wage_usd_per_hour
    minutes = [flow.correction_minutes for flow in parsed.flows if flow.correction_minutes is not None]
    if most is None or wage is None or len(minutes) < len(rates):
        return
    labour_usd = min(rate * spent / 60.0 * wage for rate, spent in zip(rates, minutes, strict=True))
    if most < labour_usd:
        _refuse(
            document,
            "cost_per_success_usd",
            f"{most:g} USD cannot be met: corrections alone cost at least {labour_usd:.3g} USD a request by the "
            "shares, minutes and wage stated; raise the target or correct them",
        )


def _least_rate(flow: FlowSection) -> float | None:
    """The least share of the flow's requests that a person changes, at the best task success; None where unknown."""
    corrected, edited = flow.corrected_share_of_failures, flow.edited_share_of_successes
    return None if corrected is None or edited is None else min(corrected, edited)


def _maximum(parsed: TaskFile, metric: Metric) -> float | None:
    target = parsed.targets.get(metric)
    return None if target is None else target.max


def _refuse(document: Document, metric: Metric, problem: str) -> None:
    place = ("targets", metric, "max")
    raise InvalidTask(f"{document.path}:{document.line(place)}: {'.'.join(place)}: {problem}")
