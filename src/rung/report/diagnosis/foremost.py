"""Which of a decision's analyses stands open: the others are folded behind it."""

from __future__ import annotations

from rung.decide.decision import Decision
from rung.diagnose.gates import best_light


def opened_analysis(decision: Decision) -> int | None:
    """The place of the analysis that stands open: the best light strategy's, whose gap is left to close."""
    light = [one.card.name for one in decision.strategies if not one.card.updates_weights]
    best = best_light(decision.diagnoses, light=light) or next(iter(decision.diagnoses), None)
    return None if best is None else decision.diagnoses.index(best)
