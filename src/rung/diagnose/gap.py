"""How far task success lies below its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rung.diagnose.shares import share_of
from rung.estimate import Figure, Missing
from rung.evaluate.run import Row

NO_GAP = Missing("no target on task success", "targets.task_success")


def gap_to(target: float | None, rows: Sequence[Row], *, source: str) -> Figure:
    """The target on task success, in [0, 1], less what these rows reached: below 0 where it is reached. A share, with
    the interval of what was reached turned round; Missing without a target."""
    if target is None:
        return NO_GAP
    reached = share_of(rows, [row.success for row in rows], source=f"{source}: target {target:g} less task success")
    return replace(
        reached,
        value=target - reached.value,
        low=None if reached.high is None else target - reached.high,
        high=None if reached.low is None else target - reached.low,
    )
