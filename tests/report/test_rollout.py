from __future__ import annotations

from pathlib import Path

from rung.decide.rollout_plan import rollout_plan
from rung.decide.sealed import Confirmation
from rung.report.rollout import gates
from rung.task.task import DataPaths, Target, Task

TASK = Task(
    name="t",
    kind="classify",
    directory=Path("/p"),
    data=DataPaths(Path("/p/e.jsonl")),
    current="zero-shot",
    targets=(
        Target("task_success", minimum=0.45, segment="adversarial"),
        Target("cost_per_success_usd", maximum=0.6),
    ),
)


def test_the_gates_that_a_decision_plans_are_told_with_unit_side_and_segment() -> None:
    plan = rollout_plan(TASK, "retrieval", Confirmation("recommend", "recommended", "confirmed"), ())
    success, cost, segments = gates(plan)
    assert success.startswith("Task success, adversarial: at least 45%; promote when")
    assert cost.startswith("Cost per success: at most USD 0.60; promote when")
    assert segments.startswith("Task success, each: no loss beyond 5 points; roll back")
    assert not any("side" in gate for gate in (success, cost, segments))


def test_a_gate_in_words_stays_as_it_is() -> None:
    gate = {"metric": "task_success", "bound": "at least 80%", "action": "roll back"}
    assert gates({"gates": [gate, "a sentence"]}) == ("Task success: at least 80%; roll back", "a sentence")
