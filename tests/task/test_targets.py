from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rung.task.targets import targets_hash
from rung.task.task import Constraints, DataPaths, Flow, Lifecycle, Prices, Target, Task

TASK = Task(
    name="t",
    kind="classify",
    directory=Path("/p"),
    data=DataPaths(Path("/p/e.jsonl")),
    flows=(Flow("web", requests_per_month=100, correction_minutes=2, corrected_share_of_failures=0.5),),
    targets=(Target("task_success", minimum=0.8), Target("cost_per_success_usd", maximum=1)),
    prices=Prices(wage_usd_per_hour=30),
)


def test_what_a_target_is_judged_by_changes_the_hash() -> None:
    flow = TASK.flows[0]
    changed = [
        replace(TASK, targets=(Target("task_success", minimum=0.79), TASK.targets[1])),
        replace(TASK, targets=(Target("task_success", minimum=0.8, segment="edge"), TASK.targets[1])),
        replace(TASK, targets=TASK.targets[1:]),
        replace(TASK, prices=Prices(wage_usd_per_hour=31)),
        replace(TASK, flows=(replace(flow, corrected_share_of_failures=0.6),)),
        replace(TASK, flows=(replace(flow, correction_minutes=3),)),
        replace(TASK, lifecycle=Lifecycle(annotation_usd=4000)),
        replace(TASK, lifecycle=Lifecycle(retrain_every_days=365)),
        replace(TASK, constraints=Constraints(audit="standard")),
    ]
    assert len({targets_hash(task) for task in [TASK, *changed]}) == len(changed) + 1


def test_what_no_target_depends_on_leaves_the_hash() -> None:
    assert targets_hash(replace(TASK, name="other", seed=9, targets=TASK.targets[::-1])) == targets_hash(TASK)
    success_only = replace(TASK, targets=TASK.targets[:1])
    dearer = replace(success_only, prices=Prices(wage_usd_per_hour=60), lifecycle=Lifecycle(annotation_usd=1), flows=())
    assert targets_hash(dearer) == targets_hash(success_only)
