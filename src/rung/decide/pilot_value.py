"""Are the failures concentrated in flows whose volume and value pay for adaptation?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, fsum

import numpy as np

from rung.decide.evidence import StrategyEvidence
from rung.decide.situation import Situation, Statements, success_of
from rung.decide.words import number, value_of
from rung.diagnose.concentration import WORST_SHARE_OF_SLICES
from rung.diagnose.diagnosis import Diagnosis
from rung.economics.costs import CORRECTION
from rung.estimate import Missing

CONCENTRATED = 0.30
"""Least share of weighted failures in the worst fifth of slices, by the low end of its interval: half as much again as
the fifth would hold if failures were spread evenly. The low end, because the worst fifth is picked after the fact."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """`holds` None: a needed fact is unknown. `because` and `remedy` are sentences."""

    holds: bool | None
    because: str
    remedy: str


def concentrated_high_value(situation: Situation) -> Concentration:
    """Both halves of the guide's condition, on the failures of the best light strategy.

    Concentrated: see `CONCENTRATED`. High volume and high value: what the failures lose in twelve months (requests
    x value x failure rate, flow by flow) is at least what the lightest fine-tuned strategy costs in twelve months.
    """
    if situation.diagnosis is None:
        return Concentration(None, "no failure analysis of a pre-trained strategy is there", "rung diagnose")
    found = _as_said(situation.stated) if situation.stated is not None else _as_measured(situation.diagnosis)
    if not found.holds:
        return found
    lost, gap = _yearly_loss(situation)
    if lost is None:
        return Concentration(None, gap, "set flows[].requests_per_month and flows[].value_usd")
    pilot = next((one for one in situation.inputs.ladder if one.card.family == "fine_tuned"), None)
    cost = None if pilot is None else _pilot_usd(pilot)
    if pilot is None or cost is None:
        return Concentration(None, "the twelve-month cost of a fine-tuned strategy is unknown", "rung cost")
    tried = "" if pilot.metrics is not None else "at least "
    words = (
        f"failures lose {number(lost, 'USD')} a year, {pilot.card.name} costs {tried}{number(cost, 'USD')} (assumed)"
    )
    if lost < cost:
        return Concentration(
            False, f"the flows are not worth it: {words}", "more volume or value in the flows that fail"
        )
    return Concentration(True, f"{found.because} and worth it: {words}", "")


def _as_measured(diagnosis: Diagnosis) -> Concentration:
    share = diagnosis.concentrated
    if isinstance(share, Missing):
        return Concentration(None, f"how concentrated failures are is unknown: {share.because}", share.remedy)
    low = share.low if share.low is not None else 0.0
    needed = max(CONCENTRATED, share_by_chance(diagnosis))
    if low < needed:
        return Concentration(
            False,
            f"the worst fifth of slices holds {share.value:.0%} of the weighted failures, but only {low:.0%} is shown "
            f"({needed:.0%} needed to tell it from an even spread)",
            "more dev items, or failures that do concentrate",
        )
    return Concentration(True, f"failures are concentrated ({share.value:.0%} in the worst fifth of slices)", "")


def _as_said(stated: Statements) -> Concentration:
    if stated.concentrated is None:
        return Concentration(None, "it is not said whether failures stand in few classes or flows", "rung diagnose")
    if not stated.concentrated:
        return Concentration(False, "failures are said to be spread out (assumed)", "failures that do concentrate")
    return Concentration(True, "failures are said to be concentrated (assumed)", "")


def _yearly_loss(situation: Situation) -> tuple[float | None, str]:
    best = situation.best_light
    if best is None or best.metrics is None or success_of(best) is None:
        return None, "no pre-trained strategy was measured"
    if not situation.task.flows:
        return None, "rung.yaml declares no flows"
    lost = 0.0
    for flow in situation.task.flows:
        if flow.requests_per_month is None or flow.value_usd is None:
            return None, f"volume or value of flow {flow.name!r} is unknown"
        own = value_of(best.metrics.by_flow.get(flow.name, {}).get("task_success"))
        success = own if own is not None else success_of(best) or 0.0
        lost += 12.0 * flow.requests_per_month * flow.value_usd * (1.0 - success)
    return lost, ""


def _pilot_usd(pilot: StrategyEvidence) -> float | None:
    """Twelve months of the strategy without correction labour, which is a price of failures and not of adaptation.

    Before the strategy was ever fitted some lines cannot be known; then those that are make the least it costs, which
    is enough to say whether trying is worth it. None when a line is missing although the strategy was measured.
    """
    if pilot.cost is None:
        return None
    lines = [item.usd for item in pilot.cost.items if item.name != CORRECTION]
    known = [value for line in lines if (value := value_of(line)) is not None]
    if not known or (len(known) < len(lines) and pilot.metrics is not None):
        return None
    return fsum(known)


def share_by_chance(diagnosis: Diagnosis) -> float:
    """Mean share of failures in the worst fifth of labels if every item were as likely to fail, in [0, 1].

    A few failures over many labels always look concentrated: the worst fifth is picked after the fact. Multivariate
    hypergeometric, 1,000 seeded draws; 0 where failures are not known by label.
    """
    labels = [one for one in diagnosis.slices if one.dimension == "label"]
    items = np.array([one.items for one in labels], dtype=np.int64)
    failures = sum(one.failures for one in labels)
    if len(labels) < 2 or failures == 0:
        return 0.0
    drawn = np.random.default_rng(0).multivariate_hypergeometric(items, failures, size=1000)
    worst = np.sort(drawn, axis=1)[:, ::-1][:, : ceil(WORST_SHARE_OF_SLICES * len(labels))]
    return float(worst.sum(axis=1).mean() / failures)
