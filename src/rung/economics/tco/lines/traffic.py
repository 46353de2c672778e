"""Requests, accepted outcomes and what they are worth, month by month."""

from __future__ import annotations

from rung.economics.tco.book import Asker
from rung.economics.tco.evidence_drivers import flow_success
from rung.economics.tco.formula import Formula, Growth, Number
from rung.task.task import Flow


def requests(ask: Asker) -> Formula:
    """Requests of the month, all flows together."""
    return ask("requests_per_month") * Growth(ask("volume_growth_per_month"))


def flow_mix(ask: Asker) -> tuple[tuple[Flow | None, Formula], ...]:
    """Each flow with its share of all requests; one flow, or none that is declared, has them all."""
    flows = ask.task.flows
    if len(flows) <= 1:
        return ((flows[0] if flows else None, Number(1.0)),)
    return tuple((flow, ask("share_of_requests", flow)) for flow in flows)


def success(ask: Asker, flow: Flow | None) -> Formula:
    """Task success of the flow: its own where it was measured or is stated, else that of all requests together.

    Flows without a figure of their own share one driver: they are answered by one model and rise and fall together.
    Those measured apart, on items of their own, err apart.
    """
    if flow is None:
        return ask("task_success")
    measured = flow_success(ask.facts, flow) is not None and not ask.is_stated("task_success")
    if measured or ask.is_stated("task_success_by_flow", flow):
        return ask("task_success_by_flow", flow)
    return ask("task_success")


def accepted(ask: Asker) -> Formula:
    """Requests of the month whose outcome is right without a person's work."""
    return requests(ask) * added([share * success(ask, flow) for flow, share in flow_mix(ask)])


def value_usd(ask: Asker) -> Formula:
    """What the accepted outcomes of the month are worth."""
    return requests(ask) * added([share * success(ask, flow) * ask("value_usd", flow) for flow, share in flow_mix(ask)])


def added(parts: list[Formula]) -> Formula:
    """The sum of the parts; at least one."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
