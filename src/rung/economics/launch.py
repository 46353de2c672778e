"""How long until a strategy carries the traffic."""

from __future__ import annotations

from math import sqrt

from rung.economics.assumptions import APPROVAL_WEEKS, LABELLING_WEEKS_PER_LABEL
from rung.economics.draws import Z_OF_LEVEL, pert_deviation, pert_mean
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.strategies.contract import Card
from rung.task.task import Task

SECONDS_PER_WEEK = 7 * 24 * 3600.0


def weeks_to_launch(task: Task, card: Card, labels_to_collect: int, fit_seconds: float | None) -> Figure:
    """Weeks from the decision to going live: labelling + fit (measured) + integration + approval (assumed).

    The parts are independent PERT figures, summed by their means and variances; the interval is normal. Missing
    when the strategy has to be fitted and was not: its fit time is what only a run can tell.
    """
    if fit_seconds is None:
        if card.updates_weights:
            return Missing(f"{card.name} was not fitted, so its fit time is unknown", f"rung run {card.name}")
        fit_seconds = 0.0
    labels = max(labels_to_collect, 0)
    labelling = tuple(labels * weeks for weeks in LABELLING_WEEKS_PER_LABEL)
    approval = APPROVAL_WEEKS[task.constraints.audit or "unknown"]
    parts = ((labelling[0], labelling[1], labelling[2]), card.integration_weeks, approval)
    weeks = sum(pert_mean(part) for part in parts) + fit_seconds / SECONDS_PER_WEEK
    deviation = sqrt(sum(pert_deviation(part) ** 2 for part in parts))
    audit = task.constraints.audit
    note = "audit strictness not stated: the range spans both" if audit is None else f"approval under {audit} audit"
    return Estimate(
        weeks,
        max(weeks - Z_OF_LEVEL * deviation, 0.0),
        weeks + Z_OF_LEVEL * deviation,
        "weeks",
        None,
        Provenance.ASSUMED,
        f"integration weeks of {card.name}, approval assumed, fit measured",
        note,
    )
