"""How the recommended strategy would take over the traffic: shares, and the gates between them."""

from __future__ import annotations

from typing import Any

from rung.decide.decision import Guardrail
from rung.decide.guardrails import FULL_ROLLOUT
from rung.decide.sealed import Confirmation
from rung.decide.segments import SEGMENT_MARGIN
from rung.decide.words import listed, wish
from rung.evaluate.against_production import PRODUCTION
from rung.task.task import Task

STEPS_PERCENT = (1, 5, 25, 50, 100)
"""Shares of traffic, assumed: the first limits the harm of a surprise to one request in a hundred, and each later one
is at most five times the one before."""
CAP_EXPLORATORY = 1
CAP_UNDECIDED_SEGMENTS = 25
CAP_WITHOUT_PRODUCTION = 50


def rollout_plan(
    task: Task, recommended: str | None, confirmation: Confirmation | None, guardrails: tuple[Guardrail, ...]
) -> dict[str, Any]:
    """`steps` (traffic shares in percent), `cap_percent` with its reasons, `gates` (metric, bound, action).

    No steps when nothing is recommended, or when what is recommended already carries the traffic. Steps and actions
    are a first plan (assumed); the gates are the task's own targets.
    """
    if recommended is None or confirmation is None:
        return {"steps": [], "gates": [], "cap_percent": 0, "cap_because": ["nothing is recommended for rollout"]}
    if recommended == task.current:
        because = [f"{recommended} already carries the traffic"]
        return {"steps": [], "gates": _gates(task), "cap_percent": 100, "cap_because": because}
    caps = _caps(confirmation, guardrails)
    cap = min((percent for percent, _ in caps), default=100)
    return {
        "steps": [percent for percent in STEPS_PERCENT if percent <= cap],
        "gates": _gates(task),
        "cap_percent": cap,
        "cap_because": [because for _, because in caps],
    }


def _caps(confirmation: Confirmation, guardrails: tuple[Guardrail, ...]) -> list[tuple[int, str]]:
    caps = []
    if confirmation.exploratory:
        caps.append((CAP_EXPLORATORY, "the sealed result is exploratory: an earlier look at the same data precedes it"))
    if confirmation.undecided_segments:
        names = listed(confirmation.undecided_segments)
        caps.append((CAP_UNDECIDED_SEGMENTS, f"a loss on {names} items can be neither shown nor ruled out"))
    full = next((one for one in guardrails if one.name == FULL_ROLLOUT and one.fired), None)
    if full is not None:
        caps.append((CAP_WITHOUT_PRODUCTION, full.because))
    return caps


def _gates(task: Task) -> list[dict[str, Any]]:
    gates: list[dict[str, Any]] = [
        {
            "metric": target.metric,
            "segment": target.segment,
            "bound": target.minimum if target.minimum is not None else target.maximum,
            "side": "min" if target.minimum is not None else "max",
            "action": f"promote when production shows {wish(target)}; roll back when it shows the contrary",
        }
        for target in task.targets
    ]
    current = PRODUCTION if task.current_traces else task.current
    if current is not None:
        gates.append(
            {
                "metric": "task_success",
                "segment": "each",
                "bound": -SEGMENT_MARGIN,
                "side": "difference",
                "action": f"roll back when a segment loses more than {SEGMENT_MARGIN:g} against {current}",
            }
        )
    return gates
