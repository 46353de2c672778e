"""What reopens a decision: written down with it, each with what to watch and from which value on."""

from __future__ import annotations

from datetime import date, timedelta

from rung.decide.account import Account
from rung.decide.decision import StrategyResult, Trigger
from rung.decide.words import METRIC_WORDS, UNIT_OF, number
from rung.economics.tco.analysis import CostAnalysis, FlipThreshold
from rung.economics.tco.flips import digits
from rung.economics.tco.kind import base_name
from rung.estimate import Estimate

PRICES = (
    "machine_usd_per_hour",
    "usd_per_call",
    "usd_per_million_input_tokens",
    "usd_per_million_output_tokens",
    "wage_usd_per_hour",
)
VOLUMES = ("requests_per_month", "volume_growth_per_month", "peak_factor")
DAYS_PER_WEEK = 7


def reopen_when(account: Account) -> tuple[Trigger, ...]:
    """In the order in which they are likely to come: dates first, then figures to watch, then what was asked for.

    A trigger is written only where its threshold is known; one that would need a figure that nobody has is left to the
    limits of the decision.
    """
    return (
        *_retirement(account),
        *_retraining(account),
        *_drift(account),
        *_flips(account.analysis, PRICES, "price_change"),
        *_flips(account.analysis, VOLUMES, "volume"),
        Trigger(
            "statement_change",
            "rung.yaml and the labelled examples",
            "any change of targets, constraints or labels",
            "the decision speaks for these targets, constraints and data alone",
        ),
    )


def _of_record(account: Account) -> StrategyResult | None:
    """The strategy that the decision stands on: the candidate, else what runs today."""
    today = next((one for one in account.results if one.card.name == account.inputs.task.current), None)
    return account.chosen or today


def _retirement(account: Account) -> list[Trigger]:
    """So early that the next model can be live before this one goes."""
    retires = account.inputs.task.lifecycle.model_retires_on
    if retires is None:
        return []
    result = _of_record(account)
    weeks = None if result is None else result.weeks_to_launch
    lead = weeks.high if isinstance(weeks, Estimate) and weeks.high is not None else None
    if lead is None:
        because = "the provider stops serving today's model then; how long a change takes is not known"
        return [Trigger("model_retirement", "the date", f"before {retires}", because)]
    start = date.fromisoformat(retires) - timedelta(days=round(lead * DAYS_PER_WEEK))
    because = f"the provider stops serving today's model on {retires}, and a change may take {lead:.1f} weeks"
    return [Trigger("model_retirement", "the date", f"from {start.isoformat()}", because)]


def _retraining(account: Account) -> list[Trigger]:
    """For a strategy with weights of its own: when its first retraining is due."""
    every, result = account.inputs.task.lifecycle.retrain_every_days, _of_record(account)
    if every is None or result is None or not result.card.updates_weights:
        return []
    because = f"lifecycle.retrain_every_days is {every:g}; a retrained model is a new candidate"
    # Counted and not a date: the same decision made on another day is the same record.
    return [Trigger("retraining_due", "the date", f"{every:g} days after the decision", because)]


def _drift(account: Account) -> list[Trigger]:
    """For each target of the candidate: production beyond the bound."""
    if account.chosen is None:
        return []
    triggers = []
    for target in account.inputs.task.targets:
        bound = target.minimum if target.minimum is not None else target.maximum
        side = "below" if target.minimum is not None else "above"
        words = METRIC_WORDS[target.metric] + ("" if target.segment is None else f" on {target.segment} requests")
        value = number(bound or 0.0, UNIT_OF[target.metric])
        because = "the target that the decision was made for is then shown to be missed"
        triggers.append(Trigger("drift", f"{words} in production", f"shown to be {side} {value}", because))
    return triggers


def _flips(analysis: CostAnalysis | None, names: tuple[str, ...], trigger: str) -> list[Trigger]:
    """Drivers of these kinds at which another strategy would be better, nearest first."""
    if analysis is None:
        return []
    return [
        Trigger(trigger, one.driver, _threshold(one), one.because)
        for one in analysis.flips
        if base_name(one.driver) in names and isinstance(one.at, Estimate)
    ]


def _threshold(flip: FlipThreshold) -> str:
    at = flip.at
    if not isinstance(at, Estimate):
        raise TypeError(f"{flip.driver} flips nothing")
    return f"{flip.side} {digits(at.value)} {at.unit}"
