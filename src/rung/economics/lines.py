"""The kinds of cost in a year of one strategy, each as draws or as what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np

from rung.economics.assumptions import (
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    INDEX_UPKEEP,
    MONTHS,
    RETRAIN_HOURS,
    SECONDS_PER_MONTH,
    STRICT_AUDIT_FACTOR,
    TRAINING_RUNS,
    UPKEEP_WEEKS,
    UTILISATION_CAP,
)
from rung.economics.draws import FloatArray, around, pert
from rung.economics.drivers import SharedDrivers
from rung.economics.fleet import requests_per_month, service_seconds
from rung.estimate import Estimate, Figure, Missing, Provenance
from rung.evaluate.run import Latency, Metrics
from rung.strategies.contract import Card
from rung.task.task import Flow, Task

CORRECTION, METERED = "human correction", "metered model calls"
COUNTED_FROM_ROWS = (CORRECTION, METERED)
"""Lines that cost per success takes from the evaluated items themselves."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of cost: `usd` draws over twelve months, shape (draws,), or what is missing."""

    name: str
    usd: FloatArray | Missing
    how: str
    source: str
    provenance: Provenance = Provenance.ASSUMED


@dataclass(frozen=True, slots=True)
class CostFacts:
    """What is known of one strategy before its year is priced.

    `metered_usd_per_request` is None for a model that runs on machines we pay for by the hour.
    """

    task: Task
    card: Card
    metrics: Metrics | None
    latency: Latency | None
    fit_seconds: float | None
    metered_usd_per_request: Figure | None


def all_lines(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> tuple[Line, ...]:
    """Every line of the strategy, in the order of its life: build, learn, serve, look after, correct."""
    lines = [_build(facts, drivers, rng)]
    if "train_labels" in facts.card.needs:
        lines.append(_annotation(facts, drivers))
    if facts.card.updates_weights:
        lines.append(_training(facts, drivers, rng))
    lines.append(_machines(facts, drivers, rng))
    if facts.metered_usd_per_request is not None:
        lines.append(_tokens(facts, drivers, rng))
    if "index" in facts.card.owns or "corpus" in facts.card.owns:
        lines.append(_index(drivers, rng))
    lines.extend(_upkeep(facts, drivers, rng))
    lines.append(_correction(facts, drivers, rng))
    return tuple(lines)


def _build(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> Line:
    weeks = pert(facts.card.integration_weeks, drivers.draws, rng)
    return Line(
        "build and integration",
        weeks * drivers.engineer_week_usd,
        "integration weeks x a loaded engineer week",
        f"integration weeks of {facts.card.name} and the engineer week, both assumed",
    )


def _annotation(facts: CostFacts, drivers: SharedDrivers) -> Line:
    usd = facts.task.lifecycle.annotation_usd
    how = "the stated budget, for every strategy that uses labels"
    if usd is None:
        missing = Missing("the annotation budget is unknown", "set lifecycle.annotation_usd")
        return Line("annotation", missing, how, "lifecycle.annotation_usd")
    return Line("annotation", np.full(drivers.draws, usd), how, "lifecycle.annotation_usd")


def _training(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> Line:
    name, how = "training and retraining", "fit hours x fits per release x machine price, and an engineer's hours"
    task = facts.task
    if facts.fit_seconds is None:
        missing = Missing(f"{facts.card.name} was not fitted", f"rung run {facts.card.name}")
        return Line(name, missing, how, "fit of the run")
    if task.lifecycle.retrain_every_days is None:
        missing = Missing("how often it is retrained is unknown", "set lifecycle.retrain_every_days")
        return Line(name, missing, how, "lifecycle.retrain_every_days")
    if task.prices.machine_usd_per_hour is None:
        missing = Missing("the price of a machine hour is unknown", "set prices.machine_usd_per_hour")
        return Line(name, missing, how, "prices.machine_usd_per_hour")
    retrainings = floor(365.0 / max(task.lifecycle.retrain_every_days, 1.0))
    fits = pert(TRAINING_RUNS.range, drivers.draws, rng) * (1 + retrainings)
    machine_usd = fits * facts.fit_seconds / 3600.0 * task.prices.machine_usd_per_hour
    hours = pert(RETRAIN_HOURS.range, drivers.draws, rng) * retrainings
    people_usd = hours / HOURS_PER_WEEK * drivers.engineer_week_usd
    source = f"fit measured at {facts.fit_seconds:.0f} s; {retrainings} retrainings a year from rung.yaml; rest assumed"
    return Line(name, machine_usd + people_usd, how, source)


def _machines(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> Line:
    name, how = "serving machines", "whole machines that carry the peak, always on, at the stated hourly price"
    source = "latency pass, flows[].requests_per_month, prices.machine_usd_per_hour; peak assumed"
    price = facts.task.prices.machine_usd_per_hour
    if price is None:
        missing = Missing("the price of a machine hour is unknown", "set prices.machine_usd_per_hour")
        return Line(name, missing, how, source)
    if facts.metered_usd_per_request is not None:
        return Line(
            name, np.full(drivers.draws, price * HOURS_PER_MONTH * MONTHS), "one machine makes the calls", source
        )
    volume = requests_per_month(facts.task)
    seconds = service_seconds(facts.latency, facts.card.name)
    if isinstance(volume, Missing):
        return Line(name, volume, how, source)
    if isinstance(seconds, Missing):
        return Line(name, seconds, how, source)
    per_second = volume.value * drivers.volume_factor / SECONDS_PER_MONTH * drivers.peak_factor
    load = per_second * around(seconds, drivers.draws, rng) / UTILISATION_CAP
    count = np.maximum(np.ceil(load), 1.0)
    return Line(name, count * price * HOURS_PER_MONTH * MONTHS, how, source)


def _tokens(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> Line:
    name, how, source = METERED, "mean cost of a call in the run x requests", "cost of the run's rows"
    metered, volume = facts.metered_usd_per_request, requests_per_month(facts.task)
    if isinstance(volume, Missing):
        return Line(name, volume, how, source)
    if not isinstance(metered, Estimate):
        return Line(name, metered or Missing("the price of a call is unknown"), how, source)
    each = around(metered, drivers.draws, rng)
    return Line(name, each * volume.value * drivers.volume_factor * MONTHS, how, source)


def _index(drivers: SharedDrivers, rng: np.random.Generator) -> Line:
    hours = pert(INDEX_UPKEEP.range, drivers.draws, rng) * MONTHS
    usd = hours / HOURS_PER_WEEK * drivers.engineer_week_usd
    return Line("retrieval index upkeep", usd, "hours a month x a loaded engineer hour", INDEX_UPKEEP.source)


def _upkeep(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> list[Line]:
    lines = []
    for name, weeks in UPKEEP_WEEKS[facts.card.family]:
        strict = name == "governance and audit" and facts.task.constraints.audit == "strict"
        factor = STRICT_AUDIT_FACTOR if strict else 1.0
        usd = pert(weeks, drivers.draws, rng) * factor * drivers.engineer_week_usd
        how = "engineer weeks a year" + (", doubled under strict audit" if strict else "")
        lines.append(Line(name, usd, how, f"assumed for the family {facts.card.family}"))
    return lines


def _correction(facts: CostFacts, drivers: SharedDrivers, rng: np.random.Generator) -> Line:
    name = CORRECTION
    how = "(failures x corrected share + successes x edited share) x minutes x wage, flow by flow"
    source = "task success of the run; flows[] and prices.wage_usd_per_hour of rung.yaml"
    wage = facts.task.prices.wage_usd_per_hour
    missing = _correction_gap(facts, wage)
    if missing is not None or wage is None or facts.metrics is None:
        return Line(name, missing or Missing("the cost of corrections is unknown"), how, source)
    state = rng.bit_generator.state
    total = np.zeros(drivers.draws)
    for flow in facts.task.flows:
        # The same draw for every flow: their success rates come from one model and move together.
        rng.bit_generator.state = state
        success = around(_success(facts.metrics, flow), drivers.draws, rng, highest=1.0)
        corrected, edited = flow.corrected_share_of_failures or 0.0, flow.edited_share_of_successes or 0.0
        share = (1.0 - success) * corrected + success * edited
        hours = (flow.correction_minutes or 0.0) / 60.0
        total += (flow.requests_per_month or 0.0) * MONTHS * drivers.volume_factor * share * hours * wage
    return Line(name, total, how, source)


def _success(metrics: Metrics, flow: Flow) -> Estimate:
    """Task success of the flow where it was measured, else of all requests together."""
    own = metrics.by_flow.get(flow.name, {}).get("task_success")
    figure = own if isinstance(own, Estimate) else metrics.overall["task_success"]
    if isinstance(figure, Missing):
        raise TypeError(f"the task success of flow {flow.name} was checked to be known")
    return figure


def _correction_gap(facts: CostFacts, wage: float | None) -> Missing | None:
    volume = requests_per_month(facts.task)
    if isinstance(volume, Missing):
        return volume
    if wage is None:
        return Missing("the wage of those who correct is unknown", "set prices.wage_usd_per_hour")
    if facts.metrics is None:
        return Missing(f"{facts.card.name} was not evaluated", f"rung run {facts.card.name}")
    success = facts.metrics.overall["task_success"]
    if isinstance(success, Missing):
        return success
    for flow in facts.task.flows:
        for key in ("correction_minutes", "corrected_share_of_failures", "edited_share_of_successes"):
            if getattr(flow, key) is None:
                return Missing(f"flow {flow.name!r} does not say {key}", f"set flows[].{key} of {flow.name!r}")
    return None
