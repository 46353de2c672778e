"""The latency pass: one request at a time, warm, on a clock that is passed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Protocol

from rung.errors import InvalidData
from rung.evaluate.run import Latency, Run, Timed
from rung.evaluate.store import RunStore
from rung.task.example import Example
from rung.task.protocols import Predictor

REQUESTS = 100
"""Requests timed. The 95th percentile of 100 has a one-sided 95 % upper bound (59 would be the fewest)."""
WARM_UP_REQUESTS = 3
"""Requests asked beforehand and not timed: they load weights, fill caches and open connections."""


class Clock(Protocol):
    """Where time comes from: the date for the record, and a monotonic counter for durations."""

    def now(self) -> str:
        """ISO 8601 in UTC."""

    def seconds(self) -> float:
        """A monotonic counter whose differences are durations in seconds."""


def measure_latency(
    predictor: Predictor,
    items: Sequence[Example],
    *,
    machine: str,
    clock: Clock,
    warmup: int = WARM_UP_REQUESTS,
    count: int = REQUESTS,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Latency:
    """Wall milliseconds of `count` requests asked one at a time, after `warmup` requests that are not timed.

    With fewer items than `count` they are asked again in turn: item ids then repeat, `Latency.note` says so,
    and an interval must take the item as its cluster. A warm-up request is never the first one timed unless
    there are too few items, so that a predictor cannot answer from what it just saw. `report` is called between
    requests with the number timed so far and `count`.
    """
    if not items:
        raise InvalidData("the latency pass has no items to ask; add examples or change the split")
    for item in islice(cycle(reversed(items)), warmup):
        predictor.predict([item.input])
    milliseconds: list[float] = []
    asked = list(islice(cycle(items), count))
    for item in asked:
        report(len(milliseconds), count)
        started = clock.seconds()
        predictor.predict([item.input])
        milliseconds.append((clock.seconds() - started) * 1000.0)
    requests = tuple(
        Timed(took, item.id, item.group, item.segment, item.flow)
        for took, item in zip(milliseconds, asked, strict=True)
    )
    return Latency(requests, machine, clock.now())


def with_latency(
    run: Run,
    predictor_factory: Callable[[], Predictor],
    *,
    predictor: str,
    items: Sequence[Example],
    store: RunStore,
    machine: str,
    clock: Clock,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Run:
    """The run with the latency pass of its predictor on this machine: the stored one, else one measured now.

    `predictor` is the identity of the fitted strategy: how long it takes does not depend on the split, so its runs
    share one pass. `items` are asked spread over their groups; they may be training items, since nothing is judged.
    """
    latency = store.latency(predictor, machine)
    if latency is None:
        latency = measure_latency(predictor_factory(), over_groups(items), machine=machine, clock=clock, report=report)
        store.save_latency(predictor, latency)
    return replace(run, latency=latency)


def over_groups(items: Sequence[Example]) -> list[Example]:
    """The same items, reordered: the first of every group, then the second of every group, and so on.

    Items of one group are alike, in length above all, and count as less than one each. A pass that begins with as
    many groups as there are bounds the p95 with the fewest requests.
    """
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for position, item in enumerate(items):
        turns.append((seen[item.group], position))
        seen[item.group] += 1
    return [items[position] for _, position in sorted(turns)]
