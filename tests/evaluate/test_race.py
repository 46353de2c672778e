from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rung.evaluate.race import FIRST_LOOK, evaluate_until_settled
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction
from rung.task.task import Segment, Target

AT_LEAST_80 = Target("task_success", minimum=0.80)


def items(count: int, *, group_of: int = 1, segment: Segment | None = None) -> list[Example]:
    return [Example(f"{i:04}", f"input {i}", "x", f"g{i // group_of}", segment=segment) for i in range(count)]


class Planted:
    """Answers rightly with a planted probability, the same for an item however often it is asked."""

    def __init__(self, share: float, seed: int, *, whole_groups: bool = False) -> None:
        self._right = np.random.default_rng(seed).random(1_000) < share
        self._whole = whole_groups
        self.asked: list[str] = []

    def __call__(self, asked: Sequence[Example]) -> Run:
        known = set(self.asked)
        fresh = [item.id for item in asked if item.id not in known]
        self.asked += fresh
        rows = tuple(Row(item, Prediction("x"), self._is_right(item)) for item in asked)
        return Run("run", "planted", "dev", rows, None, None, len(fresh))

    def _is_right(self, item: Example) -> bool:
        return bool(self._right[int(item.group[1:]) if self._whole else int(item.id)])


@pytest.mark.parametrize(
    ("share", "truth", "whole_groups"), [(0.75, "misses", False), (0.75, "misses", True), (0.85, "meets", True)]
)
def test_at_most_one_early_verdict_in_twenty_is_opposite_to_the_planted_truth(
    share: float, truth: str, whole_groups: bool
) -> None:
    replications = 200
    opposite = 0
    for seed in range(replications):
        run = evaluate_until_settled(
            Planted(share, seed, whole_groups=whole_groups), items(240, group_of=3), [AT_LEAST_80], seed=seed
        )
        opposite += run.race is not None and run.race.settled != truth
    assert opposite <= 0.05 * replications


def test_a_strategy_far_from_its_target_is_stopped_early_and_the_saving_is_told() -> None:
    hopeless = Planted(0.3, 1)
    run = evaluate_until_settled(hopeless, items(240), [AT_LEAST_80], seed=0)
    assert run.race is not None
    assert run.race.settled == "misses"
    assert run.race.high < 0.80
    assert run.race.asked == len(run.rows) == len(hopeless.asked) == run.model_calls
    assert run.race.asked < 60
    assert f"{240 - run.race.asked} were not asked" in run.race.because


def test_an_undecided_strategy_is_asked_about_every_item() -> None:
    close = Planted(0.80, 3)
    run = evaluate_until_settled(close, items(120), [AT_LEAST_80], seed=0)
    assert run.race is None
    assert sorted(close.asked) == [item.id for item in items(120)]
    assert run.model_calls == 120


def test_a_met_target_does_not_stop_while_another_is_open() -> None:
    wanted = [Target("task_success", minimum=0.5), Target("task_success", minimum=0.5, segment="edge")]
    mixed = [
        *items(200, segment="routine"),
        *[Example(f"e{i}", f"e{i}", "x", f"g9{i}", segment="edge") for i in range(4)],
    ]

    def right(asked: Sequence[Example]) -> Run:
        return Run("run", "all right", "dev", tuple(Row(i, Prediction("x"), True) for i in asked), None, None, 0)

    assert evaluate_until_settled(right, mixed, wanted, seed=0).race is None
    alone = evaluate_until_settled(right, mixed, wanted[:1], seed=0).race
    assert alone is not None
    assert alone.settled == "meets"


def test_groups_are_asked_whole_and_rows_keep_the_order_of_the_items() -> None:
    grouped = items(240, group_of=5)
    looks: list[int] = []
    answers = Planted(0.2, 5)

    def ask(asked: Sequence[Example]) -> Run:
        looks.append(len(asked))
        return answers(asked)

    run = evaluate_until_settled(ask, grouped, [AT_LEAST_80], seed=2)
    assert run.race is not None
    assert looks[0] >= FIRST_LOOK
    assert all(count % 5 == 0 for count in looks)
    assert [row.example.id for row in run.rows] == sorted(row.example.id for row in run.rows)


def test_the_order_depends_on_the_seed_alone() -> None:
    first, second = Planted(0.3, 1), Planted(0.3, 1)
    evaluate_until_settled(first, items(240), [AT_LEAST_80], seed=7)
    evaluate_until_settled(second, list(reversed(items(240))), [AT_LEAST_80], seed=7)
    assert first.asked == second.asked


def test_without_a_target_on_task_success_nothing_is_raced() -> None:
    run = evaluate_until_settled(Planted(0.1, 1), items(60), [Target("latency_p95_ms", maximum=10.0)], seed=0)
    assert run.race is None
    assert len(run.rows) == 60
