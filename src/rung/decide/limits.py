"""What a decision cannot tell."""

from __future__ import annotations

from rung.decide.account import Account
from rung.decide.words import listed, points
from rung.estimate import Estimate, Missing, Provenance


def limits(account: Account) -> tuple[str, ...]:
    """What this decision cannot tell."""
    lines = [*account.inputs.summary.notes, *account.inputs.notes]
    lines += _unresolved(account)
    machine = account.inputs.task.constraints.machine
    modelled = any(
        isinstance(result.figure, Estimate) and result.figure.provenance is Provenance.MODELLED
        for one in account.results
        for result in one.targets
        if result.target.metric == "latency_p95_ms"
    )
    if modelled:
        where = f"on {machine}, the task's machine" if machine else "on a machine that constraints.machine names"
        lines.append(f"Latency was measured on {account.inputs.machine}, not {where}: it enters as modelled.")
    left_out = [one.card.name for one in account.inputs.ladder if one.not_run == "not_chosen"]
    if left_out:
        lines.append(f"Left out by rung.yaml, so never compared: {listed(left_out)}.")
    costs = [one.cost.total_usd for one in account.results if one.cost is not None]
    if any(isinstance(cost, Estimate) and cost.provenance <= Provenance.ASSUMED for cost in costs):
        lines.append("Costs of the horizon rest on assumed effort and prices; read them as ranges, not as quotes.")
    if account.confirmation is not None and account.confirmation.exploratory:
        lines.append(
            "The sealed split's result explores and does not confirm: an earlier look at the same data precedes it."
        )
    return tuple(dict.fromkeys(lines))


def _unresolved(account: Account) -> list[str]:
    lines = []
    for one in account.results:
        comparison = one.against_lighter
        if comparison is None or isinstance(comparison.difference, Missing):
            continue
        low, high = comparison.difference.low, comparison.difference.high
        if low is None or high is None or low <= 0.0 <= high:
            ends = "not bounded" if low is None or high is None else f"{points(low)} to {points(high)}"
            need = "" if comparison.items_needed is None else f"; about {comparison.items_needed:,} items would"
            lines.append(
                f"These items cannot tell {comparison.challenger} from {comparison.baseline}: "
                f"{points(comparison.difference.value)} ({ends}, {comparison.difference.provenance.word}){need}."
            )
    return lines
