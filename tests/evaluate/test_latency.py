from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rung.adapters.clock import SystemClock
from rung.adapters.store import SqlStore
from rung.errors import InvalidData
from rung.evaluate.latency import measure_latency, over_groups, with_latency
from rung.evaluate.run import Row, Run
from rung.task.example import Example
from rung.task.protocols import Prediction, Predictor


class FakeClock:
    """A clock that only a predictor moves."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> str:
        return "2026-01-31T09:30:00.000+00:00"

    def seconds(self) -> float:
        return self.elapsed


class Slow:
    """Takes as many milliseconds as the input says; the first calls take a second more, as loading does."""

    def __init__(self, clock: FakeClock, cold_calls: int = 0) -> None:
        self.clock = clock
        self.cold_calls = cold_calls
        self.asked: list[list[str]] = []

    def predict(self, inputs: Sequence[str]) -> list[Prediction]:
        self.asked.append(list(inputs))
        self.clock.elapsed += sum(float(text) for text in inputs) / 1000.0
        if len(self.asked) <= self.cold_calls:
            self.clock.elapsed += 1.0
        return [Prediction("x") for _ in inputs]


def items(count: int) -> list[Example]:
    return [Example(f"id{number}", str(number + 1), "x", f"g{number}") for number in range(count)]


def test_each_request_is_timed_alone_in_the_order_of_the_items() -> None:
    clock = FakeClock()
    latency = measure_latency(Slow(clock), items(120), machine="small", clock=clock)
    assert latency.milliseconds == pytest.approx([float(number) for number in range(1, 101)])
    assert [one.item_id for one in latency.requests] == [f"id{number}" for number in range(100)]
    assert (latency.machine, latency.measured_at, latency.note) == ("small", clock.now(), "")


def test_requests_are_asked_one_at_a_time_and_warm_up_is_not_timed() -> None:
    clock = FakeClock()
    predictor = Slow(clock, cold_calls=3)
    latency = measure_latency(predictor, items(100), machine="small", clock=clock)
    assert all(len(asked) == 1 for asked in predictor.asked)
    assert len(predictor.asked) == 103
    assert max(latency.milliseconds) == pytest.approx(100.0)


def test_the_first_timed_request_was_not_just_asked_for_warming_up() -> None:
    clock = FakeClock()
    predictor = Slow(clock)
    measure_latency(predictor, items(10), machine="small", clock=clock, warmup=3, count=5)
    warm_up, timed = predictor.asked[:3], predictor.asked[3:]
    assert not any(asked in warm_up for asked in timed)


def test_fewer_items_than_requests_are_asked_again_in_turn_and_the_pass_says_so() -> None:
    clock = FakeClock()
    latency = measure_latency(Slow(clock), items(40), machine="small", clock=clock)
    assert [one.item_id for one in latency.requests] == [f"id{number % 40}" for number in range(100)]
    assert latency.note == "100 requests over 40 items, each asked again in turn"


def test_nothing_to_ask_is_an_error() -> None:
    clock = FakeClock()
    with pytest.raises(InvalidData, match="no items"):
        measure_latency(Slow(clock), [], machine="small", clock=clock)


def test_the_system_clock_measures_real_waiting() -> None:
    import time

    class Waiting:
        def predict(self, inputs: Sequence[str]) -> list[Prediction]:
            time.sleep(0.005)
            return [Prediction("x")]

    latency = measure_latency(Waiting(), items(3), machine="small", clock=SystemClock(), count=3)
    assert min(latency.milliseconds) >= 5.0
    assert latency.measured_at.endswith("+00:00")


def test_a_stored_pass_is_reused_on_its_machine_and_measured_anew_on_another(tmp_path: Path) -> None:
    clock = FakeClock()
    rows = tuple(Row(item, Prediction("x"), True) for item in items(5))
    run = Run("r1", "slow", "dev", rows, None, None, 5)
    built: list[Slow] = []

    def factory() -> Predictor:
        built.append(Slow(clock))
        return built[-1]

    with SqlStore(tmp_path / "rung.db") as store:
        first = with_latency(run, factory, predictor="p", items=items(5), store=store, machine="small", clock=clock)
        again = with_latency(run, factory, predictor="p", items=items(5), store=store, machine="small", clock=clock)
        assert len(built) == 1
        assert first.latency is not None
        assert again.latency == first.latency
        elsewhere = with_latency(run, factory, predictor="p", items=items(5), store=store, machine="large", clock=clock)
    assert len(built) == 2
    assert elsewhere.latency is not None
    assert elsewhere.latency.machine == "large"


def test_the_pass_takes_an_item_of_every_group_before_a_second_of_any() -> None:
    grouped = [Example(f"{group}{number}", "1", "x", group) for group in "abc" for number in range(3)]
    asked = over_groups([*grouped, Example("d0", "1", "x", "d")])
    assert [item.id for item in asked] == ["a0", "b0", "c0", "d0", "a1", "b1", "c1", "a2", "b2", "c2"]


def test_runs_on_two_splits_share_the_pass_of_their_predictor(tmp_path: Path) -> None:
    clock = FakeClock()
    rows = tuple(Row(item, Prediction("x"), True) for item in items(2))
    dev, sealed = (Run(name, "slow", "dev", rows, None, None, 2) for name in ("r1", "r2"))
    with SqlStore(tmp_path / "rung.db") as store:
        first = with_latency(
            dev, lambda: Slow(clock), predictor="p", items=items(5), store=store, machine="small", clock=clock
        )

        def never() -> Predictor:
            raise AssertionError("measured twice")

        second = with_latency(sealed, never, predictor="p", items=items(9), store=store, machine="small", clock=clock)
    assert second.latency == first.latency
    assert second.id == "r2"
