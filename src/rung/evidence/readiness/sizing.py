"""Are there enough items to decide what rung.yaml asks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np

from rung.estimate import LEVEL, Figure, Missing, Provenance, exact
from rung.evidence.split import Split
from rung.stats import items_to_decide
from rung.task.example import Example
from rung.task.task import Target

MARGIN = 0.05
"""How far from the target a strategy's success is supposed to lie, in planning."""
POWER = 0.80


@dataclass(frozen=True, slots=True)
class Sizing:
    """Whether the items of one part can decide one target on task success.

    `items` in `groups`, derived variants included, are worth at least `independent` independent ones: that many if
    items of a group always agree. `needed` items, grouped alike, decide at an observed success `MARGIN` away from
    the target, `needed_surely` find such a true difference with probability `POWER`; None beyond 100,000.
    `smallest` is the smallest observed difference to the target that these items decide, in [0, 1].
    """

    part: str
    target: str
    minimum: float
    items: int
    groups: int
    independent: float
    needed: int | None
    needed_surely: int | None
    smallest: Figure

    @property
    def enough(self) -> bool:
        """Whether a difference of `MARGIN` would be decided."""
        return self.needed is not None and self.items >= self.needed


def sizing(split: Split, targets: Sequence[Target]) -> tuple[Sizing, ...]:
    """One value for each target on task success and each of dev and sealed. Reads no label."""
    return tuple(
        _sizing(part, target, _of_segment(items, target))
        for target in targets
        if target.metric == "task_success" and target.minimum is not None
        for part, items in (("dev", split.dev), ("sealed", split.sealed))
    )


def _of_segment(items: Sequence[Example], target: Target) -> list[Example]:
    return [one for one in items if target.segment is None or one.segment == target.segment]


def _sizing(part: str, target: Target, items: Sequence[Example]) -> Sizing:
    minimum = target.minimum or 0.0
    _, sizes = np.unique([one.group for one in items], return_counts=True)
    independent = float(sizes.sum() ** 2 / (sizes**2).sum()) if len(items) else 0.0
    effect = len(items) / independent if items else 1.0
    rate = minimum + MARGIN if minimum + MARGIN <= 1.0 else minimum - MARGIN
    needed = items_to_decide(rate, minimum, level=LEVEL, design_effect=effect)
    z, power = NormalDist().inv_cdf((1 + LEVEL) / 2), NormalDist().inv_cdf(POWER)
    spread = sqrt(minimum * (1 - minimum))
    # One-sided test of a share: (z sd(minimum) + z_power sd(rate))^2 / margin^2 items (Fleiss, Levin and Paik 2003,
    # section 2.5), times the design effect.
    surely = ((z * spread + power * sqrt(max(rate * (1 - rate), 0.0))) / MARGIN) ** 2 * effect
    smallest: Figure = Missing(f"no {target.segment or ''} item in {part}".replace("  ", " "), "add such items")
    if items:
        smallest = exact(
            min(z * spread / sqrt(independent), 1.0), "share", Provenance.MODELLED, f"{len(items)} items of {part}"
        )
    return Sizing(
        part=part,
        target=target.name,
        minimum=minimum,
        items=len(items),
        groups=len(sizes),
        independent=independent,
        needed=needed,
        needed_surely=max(needed or 0, ceil(surely)) if surely < 100_000 else None,
        smallest=smallest,
    )
