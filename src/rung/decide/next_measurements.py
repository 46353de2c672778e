"""What to measure or state next, most useful first."""

from __future__ import annotations

from rung.decide.account import Account
from rung.decide.guardrails import FULL_ROLLOUT
from rung.decide.words import METRIC_WORDS, items_in_words, listed, number
from rung.economics.tco.analysis import CostAnalysis
from rung.estimate import Estimate, Missing

DRIVERS_SHOWN = 3
"""The record's cost analysis holds more."""


def measure_next(account: Account) -> tuple[str, ...]:
    """What to measure or state next, most useful first; a stronger pre-trained model leads if none was measured."""
    lines: list[str] = []
    if not account.inputs.stronger_model_measured:
        lines.append(
            "A stronger pre-trained model behind the same prompts (models.generator with base_url and model): none was "
            "measured, and it might do with a lighter strategy."
        )
    if account.refused:
        lines.append(account.sentence(f"a fresh sealed split: {account.refused}"))
    if account.confirmation is not None:
        lines += [account.sentence(one) for one in account.confirmation.collect]
    lines += _holding_needs(account)
    if account.verdict == "none_meets":
        lines += _unlocking(account)
    if account.confirmation is not None and account.confirmation.undecided_segments:
        names = listed(account.confirmation.undecided_segments)
        lines.append(f"More {names} items: a loss against what runs today can be neither shown nor ruled out there.")
    if account.verdict == "recommend" and any(one.name == FULL_ROLLOUT and one.fired for one in account.guardrails):
        lines.append("Production traffic behind the rollout's gates, before the last step.")
    lines += _worth_knowing(account.analysis)
    return tuple(dict.fromkeys(lines))


def _worth_knowing(analysis: CostAnalysis | None) -> list[str]:
    """The drivers of the cost that are worth most to know, and the smallest evaluation that is worth its price."""
    if analysis is None:
        return []
    lines = []
    meanings = {one.name: one.meaning for one in analysis.drivers}
    for one in analysis.worth_measuring[:DRIVERS_SHOWN]:
        if isinstance(one.usd, Estimate):
            usd = number(one.usd.value, "USD")
            worth = f"knowing it before choosing is worth {usd} over {analysis.months} months"
            meaning = meanings.get(one.driver, "")
            words = f"{meaning[:1].upper()}{meaning[1:]} ({one.driver})" if meaning else one.driver
            lines.append(f"{words}: {worth} ({one.remedy}).")
    paying = [
        one
        for one in analysis.samples
        if isinstance(one.usd, Estimate) and isinstance(one.cost_usd, Estimate) and one.usd.value > one.cost_usd.value
    ]
    if paying:
        words = paying[0].because
        lines.append(f"{words[:1].upper()}{words[1:]}.")
    return lines


def _holding_needs(account: Account) -> list[str]:
    holding = next((one for one in account.results if one.card.name == account.choice.holding), None)
    if holding is None:
        return []
    lines = []
    for result in holding.targets:
        what = METRIC_WORDS[result.target.metric]
        if result.state == "undecided" and result.items_needed is not None:
            items = items_in_words(result, "dev")
            lines.append(f"{items} to decide {result.target.name} of {holding.card.name}.")
        elif result.state == "unmeasured" and isinstance(result.figure, Missing):
            remedy = result.figure.remedy or result.figure.because
            lines.append(account.sentence(f"the {what} of {holding.card.name}: {remedy}"))
        elif result.state == "undecided":
            lines.append(account.sentence(result.because))
    blocked = account.situation.breaches.get(holding.card.name, ())
    lines += [
        account.sentence(f"{one.exclusion.constraint}: {one.exclusion.because}") for one in blocked if one.unknown
    ]
    return lines or [account.sentence(account.choice.because)]


def _unlocking(account: Account) -> list[str]:
    """What stands between a restricted strategy and its recommendation, each reason told once."""
    heads = {name: f"what would let {name} be recommended" for name in account.choice.restricted_passing}
    for one in account.results:
        if one.status == "not_run" and one.card.name in account.restricted:
            heads.setdefault(one.card.name, f"{one.card.name}, which was not tried")
    told: set[str] = set()
    lines = []
    for name, head in heads.items():
        reasons = account.restricted[name].split("; ")
        fresh = [reason for reason in dict.fromkeys(reasons) if reason not in told]
        again = "" if len(fresh) == len(set(reasons)) else "the same" if not fresh else "the same, and "
        lines.append(account.sentence(f"{head}: {again}{'; '.join(fresh)}"))
        told.update(reasons)
    return lines
