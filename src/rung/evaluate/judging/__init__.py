"""Is an answer right, and if not, what kind of wrong is it? One scorer for each kind of task."""

from rung.evaluate.judging.by_kind import scorer_for
from rung.evaluate.judging.label import LabelScorer
from rung.evaluate.judging.outcomes import CONTRACT, OUTCOMES, RIGHT
from rung.evaluate.judging.scorer import Judged, Pair, Scorer, Unjudged

__all__ = ["CONTRACT", "OUTCOMES", "RIGHT", "Judged", "LabelScorer", "Pair", "Scorer", "Unjudged", "scorer_for"]
