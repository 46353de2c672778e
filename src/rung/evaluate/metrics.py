"""The four metrics of a run: task success, human correction rate, p95 latency, cost per successful outcome.

Beside them stand the graded scores, the fields and the policies (`graded.py`). Everything is computed from rows, so
answers from the store and answers given just now count the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from rung.errors import InvalidData
from rung.estimate import LEVEL, Estimate, Figure, Missing, Provenance
from rung.evaluate.corrections import correction_rate, flow_name
from rung.evaluate.cost_per_success import cost_per_success
from rung.evaluate.graded import field_rates, graded, policy_rates
from rung.evaluate.judging.agreement import Agreement, judged_success
from rung.evaluate.run import Latency, Metrics, Race, Row, Timed, Unscored
from rung.evaluate.sampled import groups_of, sampled
from rung.stats import clustered_wilson, quantile_interval
from rung.task.task import SEGMENTS, Metric, Task

UNTIMED = Missing(
    "it was stopped for missing its target, and a strategy that is out is not timed",
    "leave out evaluation.stop_early to have it timed",
)


def metrics(
    rows: Sequence[Row],
    task: Task,
    latency: Latency | None,
    cost_per_request: Figure,
    source: str,
    *,
    unscored: Sequence[Unscored] = (),
    race: Race | None = None,
    agreement: Agreement | None = None,
) -> Metrics:
    """The four metrics over all rows, per segment and per flow, with intervals at `LEVEL` clustered by group.

    `cost_per_request` in USD covers what the rows do not meter (machines, upkeep). `source` names the run and
    its split. Items without a segment belong to no segment; an item without a flow belongs to the only one
    declared, if there is only one. `unscored` items count for the policies alone. The interval of a `race` takes the
    place of the one for a fixed number of items. `agreement` is what a judge's word is corrected by. InvalidData when
    no item was asked.
    """
    if not rows and not unscored:
        raise InvalidData(f"{source}: no item was evaluated, so there is nothing to measure; add examples")

    timed = latency.requests if latency is not None else ()
    machine = task.constraints.machine

    def p95(requests: Sequence[Timed]) -> Figure:
        if latency is None and race is not None and race.settled == "misses":
            return UNTIMED
        return latency_p95(requests, latency, machine, source)

    def four(part: Sequence[Row], requests: Sequence[Timed]) -> dict[Metric, Figure]:
        if not part:
            return {**_nothing_judged(unscored), "latency_p95_ms": p95(requests)}
        success = judged_success(part, agreement, source) if task.judge is not None else task_success(part, source)
        return {
            "task_success": success,
            "correction_rate": correction_rate(part, task.flows, source),
            "latency_p95_ms": p95(requests),
            "cost_per_success_usd": cost_per_success(part, task, cost_per_request, source),
        }

    segments = {name: [row for row in rows if row.example.segment == name] for name in SEGMENTS}
    flows: dict[str, list[Row]] = {flow.name: [] for flow in task.flows}
    for row in rows:
        name = flow_name(row.example.flow, task.flows)
        if name is not None:
            flows.setdefault(name, []).append(row)
    overall = four(rows, timed)
    by_segment = {
        str(name): four(part, [one for one in timed if one.segment == name]) for name, part in segments.items() if part
    }
    if race is not None and rows:
        overall["task_success"] = raced_success(rows, race, (race.low, race.high), source)
        for name, ends in race.segments.items():
            if name in by_segment:
                part = [row for row in rows if row.example.segment == name]
                by_segment[name]["task_success"] = raced_success(part, race, ends, source)
    return Metrics(
        overall=overall,
        by_segment=by_segment,
        by_flow={
            name: four(part, [one for one in timed if flow_name(one.flow, task.flows) == name])
            for name, part in flows.items()
            if part
        },
        policies=policy_rates([*rows, *unscored], task.policies, source),
        scores=graded(rows, source, several_labels=task.multi_label),
        fields=field_rates(rows, source),
        unscored=len(unscored),
    )


def task_success(rows: Sequence[Row], source: str) -> Estimate:
    """The share of rows whose outcome the task calls right, measured, in [0, 1]."""
    share = clustered_wilson([row.success for row in rows], groups_of(rows), level=LEVEL)
    return sampled(share, "share", len(rows), Provenance.MEASURED, source)


def raced_success(rows: Sequence[Row], race: Race, ends: tuple[float, float], source: str) -> Estimate:
    """The share of rows that are right, with the always-valid `ends` of an evaluation that stopped early."""
    value = sum(row.success for row in rows) / len(rows)
    note = f"{race.because.rstrip('.')}; stopped after {race.asked} of {race.items} items, interval valid at every look"
    low, high = min(ends[0], value), max(ends[1], value)
    return Estimate(value, low, high, "share", len(rows), Provenance.MEASURED, source, note)


def _nothing_judged(unscored: Sequence[Unscored]) -> dict[Metric, Figure]:
    why = Missing(f"none of {len(unscored)} answers could be judged ({unscored[0].because})", "rung run")
    return {"task_success": why, "correction_rate": why, "cost_per_success_usd": why}


def latency_p95(requests: Sequence[Timed], latency: Latency | None, machine: str | None, source: str) -> Figure:
    """The p95 in ms over these requests of the latency pass.

    Measured when the pass ran on `machine`, the one the task will run on; modelled on any other. Missing when no
    request of this part was timed. The upper end is None where fewer than 59 independent requests were.
    """
    if latency is None:
        return Missing("no latency pass was made", "rung run")
    timed = tuple(requests)
    if not timed:
        return Missing("the latency pass timed no request of this part", "rung run")
    p95 = quantile_interval(
        [one.milliseconds for one in timed], 0.95, level=LEVEL, clusters=[one.group for one in timed]
    )
    source = f"{source}, latency pass of {latency.measured_at} on {latency.machine}"
    if latency.machine == machine:
        return sampled(p95, "ms", len(timed), Provenance.MEASURED, source)
    wanted = "rung.yaml names no constraints.machine" if machine is None else f"constraints.machine is {machine}"
    elsewhere = f"measured on {latency.machine}, {wanted}"
    return sampled(p95, "ms", len(timed), Provenance.MODELLED, source, elsewhere)
