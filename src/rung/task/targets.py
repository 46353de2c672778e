"""A fingerprint of what a result is judged by."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rung.task.example import content_hash
from rung.task.task import Task


def targets_hash(task: Task) -> str:
    """Hex sha256 over the targets and whatever else in rung.yaml decides whether they are met.

    The flows' shares enter through the correction rate; requests, correction time, prices, annotation budget,
    retraining cadence and strictness of audit through the cost per success, which carries the whole year; and what
    calls an answer right beyond the expected one. A change of any of them after the sealed split was opened makes the
    result exploratory, so they are left out when no target depends on them.
    """
    metrics = {target.metric for target in task.targets}
    judged: dict[str, Any] = {
        "targets": sorted([target.name, target.minimum, target.maximum] for target in task.targets),
    }
    if metrics & {"correction_rate", "cost_per_success_usd"}:
        judged["shares"] = sorted(
            [flow.name, flow.corrected_share_of_failures, flow.edited_share_of_successes] for flow in task.flows
        )
    if "cost_per_success_usd" in metrics:
        judged["volumes"] = sorted([flow.name, flow.requests_per_month, flow.correction_minutes] for flow in task.flows)
        judged["prices"] = [task.prices.wage_usd_per_hour, task.prices.machine_usd_per_hour]
        judged["year"] = [task.lifecycle.annotation_usd, task.lifecycle.retrain_every_days, task.constraints.audit]
    rules = _rules(task)
    if rules:
        judged["rules"] = rules
    return content_hash(json.dumps(judged, sort_keys=True))


def _rules(task: Task) -> dict[str, Any]:
    """What calls an answer right beyond the expected one; empty for one label out of a closed set."""
    if task.kind == "extract":
        return {"schema": task.output_schema}
    if task.kind == "answer":
        return {"answer": asdict(task.answer)}
    if task.kind == "generate":
        judge = asdict(task.judge) if task.judge is not None else None
        return {"checks": [asdict(check) for check in task.checks], "judge": judge}
    return {"multi_label": True} if task.multi_label else {}
