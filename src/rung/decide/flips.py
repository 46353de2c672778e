"""At which thresholds the verdict would be another."""

from __future__ import annotations

from rung.decide.account import Account
from rung.decide.decision import StrategyResult, TargetResult
from rung.decide.exclusions import BUDGET_MONTHS
from rung.decide.words import say, setting
from rung.economics.tco.analysis import CostAnalysis
from rung.estimate import Estimate, Missing

DRIVER_FLIPS_SHOWN = 4
"""The nearest; the cost analysis of the record holds all of them."""


def flips_when(account: Account) -> tuple[str, ...]:
    """Thresholds at which the verdict would be another, in the unit of what is moved."""
    lines: list[str] = []
    chosen = account.chosen
    if chosen is not None:
        lines += [_breaks(chosen.card.name, result) for result in _tightest(chosen)]
        lines += _constraint_flips(chosen)
    for one in account.results:
        if one is chosen or one.status not in ("misses", "restricted", "undecided"):
            continue
        if chosen is not None and one.card.rank >= chosen.card.rank:
            continue
        if one.status == "restricted" and all(result.state == "meets" for result in one.targets):
            lines.append(
                account.sentence(f"to {one.card.name} when it may be recommended: {account.restricted[one.card.name]}")
            )
        else:
            lines.append(_relaxed(one))
    lines += _driver_flips(account.analysis)
    return tuple(line for line in dict.fromkeys(lines) if line)


def _driver_flips(analysis: CostAnalysis | None) -> list[str]:
    """Where a driver of the cost would put another strategy first, within the range that it may have anyway."""
    if analysis is None:
        return []
    by = "net benefit" if analysis.objective == "net_benefit" else "cost"
    near = [one for one in analysis.flips if one.within_range]
    return [f"By {by}, {one.because}." for one in near[:DRIVER_FLIPS_SHOWN]]


def _tightest(chosen: StrategyResult) -> list[TargetResult]:
    """Per target, the result on dev or on the sealed split that would be the first to fail: it must hold on both."""
    tightest: dict[str, TargetResult] = {}
    for result in (*chosen.targets, *chosen.sealed_targets):
        name = result.target.name
        slack, present = _slack(result), tightest.get(name)
        if slack is not None and (present is None or slack < (_slack(present) or 0.0)):
            tightest[name] = result
    return list(tightest.values())


def _slack(result: TargetResult) -> float | None:
    """How far the end that counts is from the bound, in the metric's unit; None when it cannot be told."""
    figure, target = result.figure, result.target
    if isinstance(figure, Missing):
        return None
    if target.minimum is not None:
        return None if figure.low is None else figure.low - target.minimum
    return None if figure.high is None or target.maximum is None else target.maximum - figure.high


def _breaks(name: str, result: TargetResult) -> str:
    figure, target = result.figure, result.target
    if result.state != "meets" or isinstance(figure, Missing):
        return ""
    end = figure.low if target.minimum is not None else figure.high
    if end is None:
        return ""
    move = "rises above" if target.minimum is not None else "falls below"
    side = "min" if target.minimum is not None else "max"
    bound = setting(end)
    return f"Away from {name} when targets.{target.name}.{side} {move} {bound} ({figure.provenance.word})."


def _constraint_flips(chosen: StrategyResult) -> list[str]:
    lines, name = [], chosen.card.name
    cost, weeks = chosen.cost, chosen.weeks_to_launch
    if cost is not None and cost.months == BUDGET_MONTHS and isinstance(cost.p90_usd, Estimate):
        lines.append(f"Away from {name} when the twelve-month budget falls below {say(cost.p90_usd)}.")
    if isinstance(weeks, Estimate) and weeks.high is not None:
        word = weeks.provenance.word
        lines.append(f"Away from {name} when it must launch in less than {weeks.high:.1f} weeks ({word}).")
    return lines


def _relaxed(one: StrategyResult) -> str:
    """The bounds at which a strategy that misses would meet; "" when one of them cannot be told."""
    parts = []
    for result in one.targets:
        if result.state == "meets":
            continue
        figure, target = result.figure, result.target
        end = None if isinstance(figure, Missing) else (figure.low if target.minimum is not None else figure.high)
        if end is None or isinstance(figure, Missing):
            return ""
        move = "falls to" if target.minimum is not None else "rises to"
        side = "min" if target.minimum is not None else "max"
        bound = setting(end)
        parts.append(f"targets.{target.name}.{side} {move} {bound} ({figure.provenance.word})")
    return f"To {one.card.name} when {' and '.join(parts)}." if parts else ""
