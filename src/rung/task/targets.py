"""A fingerprint of what a result is judged by."""

from __future__ import annotations

import json
from typing import Any

from rung.task.example import content_hash
from rung.task.task import Task


def targets_hash(task: Task) -> str:
    """Hex sha256 over the targets and whatever else in rung.yaml decides whether they are met.

    The flows' shares enter through the correction rate; requests, correction time, prices, annotation budget,
    retraining cadence and strictness of audit through the cost per success, which carries the whole year. A change
    of any of them after the sealed split was opened makes the result exploratory, so they are left out when no target
    depends on them.
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
    return content_hash(json.dumps(judged, sort_keys=True))
