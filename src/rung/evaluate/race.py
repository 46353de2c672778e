"""An evaluation that stops as soon as the targets on task success are settled.

Every further answer costs a model call, and a strategy far from its target shows it early. The bounds are valid at
every look (`stats/sequential/racing.py`), so stopping when they clear a target, or fall short of it, is no peeking.
Only dev is raced: the sealed split confirms one candidate with all of its items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from rung.estimate import LEVEL
from rung.evaluate.run import Race, Row, Run
from rung.stats.sequential import Race as Running
from rung.stats.sequential import Settled, race, start_race
from rung.task.example import Example, content_hash
from rung.task.task import Target

FIRST_LOOK = 16
"""Items before the first look; fewer settle no target that a team would set."""
GROWTH = 0.15
"""Each further batch is this share of what was asked so far, so that looks stay few on large sets."""


def evaluate_until_settled(
    ask: Callable[[Sequence[Example]], Run], items: Sequence[Example], targets: Iterable[Target], *, seed: int
) -> Run:
    """The run of `ask` over as many items as settle every target on task success; over all when none does.

    Groups are asked whole, in an order that `seed` draws. The evaluation stops when every such target is met, or
    one is missed: a strategy that misses one is out, whatever the others say. With several targets each bound is at
    a level that keeps the chance of a wrong early verdict below 5 % together (Bonferroni). `Run.race` of a stopped
    run has the bounds; rows stand in the order of `items`. `ask` must keep what it answered.
    """
    raced = [target for target in targets if target.metric == "task_success" and 0.0 < _bound(target) < 1.0]
    if not raced or not items:
        return ask(items)
    level = 1 - (1 - LEVEL) / len(raced)
    lanes = [_Lane.start(target, items, level) for target in raced]
    asked: list[Example] = []
    calls = 0
    for batch in _batches(items, seed):
        asked += batch
        run = ask(asked)
        calls += run.model_calls
        by_id = {row.example.id: row for row in run.rows}
        answered = [by_id[item.id] for item in batch if item.id in by_id]
        lanes = [lane.after(answered) for lane in lanes]
        settled = _settled(lanes)
        if settled is not None and len(asked) < len(items):
            order = {item.id: position for position, item in enumerate(items)}
            rows = tuple(sorted(run.rows, key=lambda row: order[row.example.id]))
            return replace(run, rows=rows, model_calls=calls, race=_told(lanes, settled, len(asked), len(items)))
    return replace(ask(items), model_calls=calls)


@dataclass(frozen=True, slots=True)
class _Lane:
    """One target and its race so far; `state` None: no item counts for it, so it cannot be settled."""

    target: Target
    state: Running | None

    @classmethod
    def start(cls, target: Target, items: Sequence[Example], level: float) -> _Lane:
        sizes = Counter(item.group for item in items if target.segment in (None, item.segment))
        if not sizes:
            return cls(target, None)
        state = start_race(sorted(sizes.values()), level=level, minimum=target.minimum, maximum=target.maximum)
        return cls(target, state)

    def after(self, rows: Sequence[Row]) -> _Lane:
        """The lane after these rows, of which it takes its own."""
        own = [row for row in rows if self.target.segment in (None, row.example.segment)]
        if self.state is None or not own:
            return self
        scores, groups = [float(row.success) for row in own], [row.example.group for row in own]
        return replace(self, state=race(self.state, scores, groups))

    @property
    def settled(self) -> Settled | None:
        """What the target has come to."""
        return None if self.state is None else self.state.settled

    @property
    def ends(self) -> tuple[float, float]:
        """Bounds of task success where the target looks, in [0, 1]."""
        return (0.0, 1.0) if self.state is None else (self.state.low, self.state.high)


def _bound(target: Target) -> float:
    bound = target.minimum if target.maximum is None else target.maximum
    return 0.0 if bound is None else bound


def _batches(items: Sequence[Example], seed: int) -> Iterator[list[Example]]:
    """The items in whole groups, in an order that the seed draws, in batches that grow."""
    groups: dict[str, list[Example]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    batch: list[Example] = []
    asked = 0
    for name in sorted(groups, key=lambda name: content_hash(str(seed), "race", name)):
        batch += groups[name]
        if len(batch) >= max(FIRST_LOOK, ceil(GROWTH * asked)):
            asked += len(batch)
            yield batch
            batch = []
    if batch:
        yield batch


def _settled(lanes: Sequence[_Lane]) -> Settled | None:
    if any(lane.settled == "misses" for lane in lanes):
        return "misses"
    return "meets" if all(lane.settled == "meets" for lane in lanes) else None


def _told(lanes: Sequence[_Lane], settled: Settled, asked: int, items: int) -> Race:
    """What the record says of the stop; without a target for all items, nothing bounds their success."""
    overall = next((lane.ends for lane in lanes if lane.target.segment is None), (0.0, 1.0))
    decisive = [lane.target.name for lane in lanes if lane.settled == settled]
    verb = "is met" if settled == "meets" else "is missed"
    return Race(
        settled=settled,
        low=overall[0],
        high=overall[1],
        asked=asked,
        items=items,
        because=f"{' and '.join(decisive)} {verb}: {asked} of {items} items settled it, {items - asked} were not asked",
        segments={lane.target.segment: lane.ends for lane in lanes if lane.target.segment is not None},
    )
