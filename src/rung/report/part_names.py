"""What the parts of the traffic are called: a label that stands in two flows is told apart by the flow."""

from __future__ import annotations

from collections.abc import Sequence

from rung.diagnose.worth import Loss


def part_names(losses: Sequence[Loss]) -> tuple[str, ...]:
    """A name for each, with its flow where there are several and the part is not the flow itself."""
    several = len({loss.flow for loss in losses}) > 1
    return tuple(
        f"{loss.name}, {loss.flow}" if several and loss.flow and loss.flow != loss.name else loss.name
        for loss in losses
    )
