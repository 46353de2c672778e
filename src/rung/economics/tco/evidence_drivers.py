"""What evidence and rung.yaml tell about a driver: its figure, or what is missing."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from rung.economics.assumptions import VOLUME_RANGE, Assumption
from rung.economics.draws import Z_OF_LEVEL
from rung.economics.tco.facts import SharedFacts, StrategyFacts
from rung.estimate import Estimate, Missing, Provenance, exact
from rung.task.task import Flow, Task

Found = Estimate | Assumption | Missing
"""A figure with its 90 % interval; a range with bounds around what was stated; or why there is none."""

SAMPLE_BELOW = 0.5
"""A log with less than this part of the stated volume is taken for a sample of the traffic, not for all of it."""


def found(name: str, task: Task, shared: SharedFacts, facts: StrategyFacts, flow: Flow | None) -> Found | None:
    """The driver of this name, for this strategy and flow; None where neither evidence nor rung.yaml speaks of it."""
    if name == "peak_factor":
        return shared.peak_factor
    if name in _OF_TASK:
        return _OF_TASK[name](task, shared)
    if name == "seconds_per_request":
        return _service_seconds(facts, task.constraints.machine)
    if name in _OF_STRATEGY:
        return _OF_STRATEGY[name](facts)
    if name == "integration_weeks":
        return Assumption(*facts.card.integration_weeks, f"assumed: integration weeks of {facts.card.name}")
    if flow is None:
        return None
    if name == "share_of_requests":
        return _share_of_requests(task, flow)
    if name == "task_success_by_flow":
        return flow_success(facts, flow) or _success(facts)
    if name == "correction_minutes" and flow.name in shared.correction_minutes:
        return shared.correction_minutes[flow.name]
    return _stated_of_flow(flow, name)


def stated_volume(task: Task) -> float | Missing:
    """Requests a month of all flows, or Missing naming the first flow that does not say."""
    if not task.flows:
        return Missing("rung.yaml declares no flows, so the volume is unknown", "set flows[].requests_per_month")
    total = 0.0
    for flow in task.flows:
        if flow.requests_per_month is None:
            return Missing(
                f"the volume of flow {flow.name!r} is unknown", f"set flows[].requests_per_month of {flow.name!r}"
            )
        total += flow.requests_per_month
    if total <= 0:
        return Missing("the flows carry no requests", "set flows[].requests_per_month above 0")
    return total


def flow_success(facts: StrategyFacts, flow: Flow) -> Estimate | None:
    """Task success of the flow where it was measured on its own items."""
    own = None if facts.metrics is None else facts.metrics.by_flow.get(flow.name, {}).get("task_success")
    return own if isinstance(own, Estimate) else None


def _volume(task: Task, shared: SharedFacts) -> Found:
    """What the log shows; what rung.yaml states where there is no log, or one too small to be all of the traffic."""
    stated, logged = stated_volume(task), shared.requests_per_month
    if logged is not None and (isinstance(stated, Missing) or logged.value >= SAMPLE_BELOW * stated):
        return logged
    if isinstance(stated, Missing):
        return stated
    low, mode, high = (stated * factor for factor in VOLUME_RANGE)
    source = "flows[].requests_per_month of rung.yaml, right to about a quarter either way"
    if logged is not None:
        source += f"; the log holds {logged.value:,.0f} a month and is taken for a sample"
    return Assumption(low, mode, high, source)


def _share_of_requests(task: Task, flow: Flow) -> Found:
    total = stated_volume(task)
    if isinstance(total, Missing):
        return total
    return exact((flow.requests_per_month or 0.0) / total, "share", Provenance.ASSUMED, "flows[].requests_per_month")


def _price(task: Task, key: str, value: float | None, words: str) -> Found:
    if value is None:
        return Missing(f"{words} is unknown", f"set prices.{key}")
    prices = task.prices
    told = ", ".join(part for part in (prices.source, f"as of {prices.as_of}" if prices.as_of else "") if part)
    return exact(value, "USD/hour", Provenance.ASSUMED, f"prices.{key} of rung.yaml" + (f" ({told})" if told else ""))


def _machine(task: Task, _: SharedFacts) -> Found:
    """The stated machine hour; else the stated hour of the GPU that constraints.machine names."""
    gpu = task.constraints.machine
    own = task.prices.machine_usd_per_hour
    if own is None and gpu in task.prices.gpu_usd_per_hour:
        return _price(task, f"gpu_usd_per_hour.{gpu}", task.prices.gpu_usd_per_hour[gpu], "")
    return _price(task, "machine_usd_per_hour", own, "the price of a machine hour")


def _from_yaml(value: float | None, unit: str, key: str, because: str) -> Found:
    if value is None:
        return Missing(because, f"set {key}")
    return exact(value, unit, Provenance.ASSUMED, f"{key} of rung.yaml")


def _count(value: int | None, unit: str, because: str, key: str) -> Found:
    if value is None:
        return Missing(because, f"set {key}")
    return exact(float(value), unit, Provenance.MEASURED, f"counted in {key}")


def _token_price(shared: SharedFacts, way: str) -> Found:
    price = shared.token_price
    if price is None:
        return Missing("the price of a token is unknown", f"set models.generator.usd_per_million_{way}_tokens")
    usd = price.input_usd if way == "input" else price.output_usd
    source = price.source + (f", as of {price.as_of}" if price.as_of else "")
    return exact(usd, "USD/million tokens", Provenance.ASSUMED, source)


def _judge(_: Task, shared: SharedFacts) -> Found:
    usd = shared.judge_usd
    return usd if usd is not None else Missing("what a judged answer costs is unknown", "drivers.judge_usd_per_call")


_OF_TASK: dict[str, Callable[[Task, SharedFacts], Found]] = {
    "requests_per_month": _volume,
    "wage_usd_per_hour": lambda task, _: _price(
        task, "wage_usd_per_hour", task.prices.wage_usd_per_hour, "the wage of those who correct"
    ),
    "machine_usd_per_hour": _machine,
    "annotation_usd": lambda task, _: _from_yaml(
        task.lifecycle.annotation_usd, "USD", "lifecycle.annotation_usd", "the annotation budget is unknown"
    ),
    "retrain_every_days": lambda task, _: _from_yaml(
        task.lifecycle.retrain_every_days, "days", "lifecycle.retrain_every_days",
        "how often it is retrained is unknown",
    ),
    "usd_per_million_input_tokens": lambda _, shared: _token_price(shared, "input"),
    "usd_per_million_output_tokens": lambda _, shared: _token_price(shared, "output"),
    "eval_items": lambda _, shared: _count(
        shared.eval_items, "items", "the size of an evaluation is unknown", "data.examples"
    ),
    "index_entries": lambda _, shared: _count(
        shared.index_entries, "entries", "the size of the corpus is unknown", "data.corpus"
    ),
    "shot_entries": lambda _, shared: _count(
        shared.train_items, "entries", "the number of solved examples is unknown", "data.examples"
    ),
    "judge_usd_per_call": _judge,
}  # fmt: skip


def _success(facts: StrategyFacts) -> Found:
    if facts.metrics is None:
        return Missing(f"{facts.card.name} was not evaluated", f"rung run {facts.card.name}")
    return facts.metrics.overall["task_success"]


def _fit_hours(facts: StrategyFacts) -> Found:
    if facts.fit_seconds is None:
        return Missing(f"{facts.card.name} was not fitted", f"rung run {facts.card.name}")
    hours = facts.fit_seconds / 3600.0
    return Estimate(hours, hours, hours, "hours", 1, Provenance.MEASURED, f"fit of {facts.card.name}", "one fit")


def _service_seconds(facts: StrategyFacts, machine: str | None) -> Found:
    """Mean time of one request in the latency pass, in seconds, with a normal interval over its requests.

    Measured on `machine`, where the task will run; modelled on any other, as the latency is.
    """
    latency, name = facts.latency, facts.card.name
    if latency is None or not latency.milliseconds:
        return Missing(f"how long {name} takes per request was not measured", f"rung run {name}")
    seconds = [one / 1000.0 for one in latency.milliseconds]
    n = len(seconds)
    mean = sum(seconds) / n
    source = f"latency pass of {name} on {latency.machine}"
    provenance = Provenance.MEASURED if latency.machine == machine else Provenance.MODELLED
    if n < 2:
        return Estimate(mean, mean, mean, "s/request", n, provenance, source, "one request only")
    error = Z_OF_LEVEL * sqrt(sum((one - mean) ** 2 for one in seconds) / (n - 1) / n)
    return Estimate(mean, max(mean - error, 0.0), mean + error, "s/request", n, provenance, source)


def _tokens(facts: StrategyFacts, counted: Estimate | None) -> Found:
    name = facts.card.name
    return counted or Missing(f"how many tokens a request of {name} takes was not counted", f"rung run {name}")


_OF_STRATEGY: dict[str, Callable[[StrategyFacts], Found]] = {
    "task_success": _success,
    "fit_hours": _fit_hours,
    "usd_per_call": lambda facts: facts.calls_usd or Missing("the price of a call is unknown", ""),
    "input_tokens_per_request": lambda facts: _tokens(facts, facts.input_tokens),
    "output_tokens_per_request": lambda facts: _tokens(facts, facts.output_tokens),
}

_FLOW_UNITS = {
    "value_usd": "USD/outcome",
    "correction_minutes": "minutes/correction",
    "corrected_share_of_failures": "share",
    "edited_share_of_successes": "share",
}


def _stated_of_flow(flow: Flow, key: str) -> Found | None:
    if key not in _FLOW_UNITS:
        return None
    value = getattr(flow, key)
    if value is None:
        return Missing(f"flow {flow.name!r} does not say {key}", f"set flows[].{key} of {flow.name!r}")
    return exact(value, _FLOW_UNITS[key], Provenance.ASSUMED, f"flows[{flow.name}].{key} of rung.yaml")
