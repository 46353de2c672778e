"""Which of two strategies is better on the same items: overall and by segment, as a decision reads it."""

from __future__ import annotations

import numpy as np

from rung.estimate import LEVEL, Figure
from rung.evaluate.paired_scores import paired_scores
from rung.evaluate.run import Comparison, Run
from rung.stats import holm
from rung.task.task import SEGMENTS


def compare(challenger: Run, baseline: Run, *, level: float = LEVEL) -> Comparison:
    """Challenger minus baseline in task success, on the items that both have, with intervals at `level`.

    The p-value is McNemar's mid-p, whole groups counted together where items share them. While the interval
    contains 0, `items_needed` is how many items in all would tell the two apart (`PairedScores.items_needed`).
    Segments are tested together (Holm). InvalidData when no item is shared, or one id stands for two items.
    """
    pairs = paired_scores(challenger, baseline)
    named = np.array(pairs.parts["segment"])
    segments = {name: pairs.at(named == name) for name in SEGMENTS if (named == name).any()}
    adjusted = holm([part.p_value() for part in segments.values()])
    overall = pairs.difference(level=level)
    by_segment: dict[str, Figure] = {name: part.difference(level=level) for name, part in segments.items()}
    return Comparison(
        challenger=challenger.strategy,
        baseline=baseline.strategy,
        difference=overall,
        p_value=pairs.p_value(),
        wins=pairs.wins,
        losses=pairs.losses,
        items_needed=pairs.items_needed(overall, level=level),
        by_segment=by_segment,
        p_holm=dict(zip(segments, adjusted, strict=True)),
    )
