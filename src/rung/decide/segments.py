"""Segments where a strategy does worse than what runs today, and segments where nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from rung.decide.words import points
from rung.economics.draws import Z_OF_LEVEL
from rung.estimate import LEVEL, Figure, Missing
from rung.evaluate.run import Comparison
from rung.stats.multiplicity import holm

SEGMENT_MARGIN = 0.05
"""Loss of task success that a segment may suffer against `current`: assumed, five requests in a hundred."""
ALPHA = (1.0 - LEVEL) / 2.0


@dataclass(frozen=True, slots=True)
class SegmentVerdict:
    """One segment: `worse` when the loss is shown to exceed the margin, `kept` when it is shown not to, else
    `undecided`. `because` carries the figures."""

    segment: str
    state: str
    because: str


def judge_segments(comparison: Comparison) -> tuple[SegmentVerdict, ...]:
    """Every segment of the comparison with `current`, in the order of its names.

    worse: the paired difference lies wholly below minus the margin, and still does after Holm over the segments
    (one-sided normal p-value at the margin from the interval's upper half). kept: it lies wholly above.
    """
    names = sorted(comparison.by_segment)
    p_values = holm([_p_below(comparison.by_segment[name]) for name in names])
    return tuple(_judge(name, comparison.by_segment[name], p) for name, p in zip(names, p_values, strict=True))


def _judge(name: str, figure: Figure, p_value: float) -> SegmentVerdict:
    if isinstance(figure, Missing):
        return SegmentVerdict(name, "undecided", f"{name}: {figure.because}")
    low = "not bounded" if figure.low is None else points(figure.low)
    high = "not bounded" if figure.high is None else points(figure.high)
    words = f"{name}: {points(figure.value)} against current ({low} to {high}, {figure.provenance.word})"
    if figure.high is not None and figure.high < -SEGMENT_MARGIN and p_value <= ALPHA:
        return SegmentVerdict(name, "worse", f"{words}, below the margin of -{SEGMENT_MARGIN:g}")
    if figure.low is not None and figure.low >= -SEGMENT_MARGIN:
        return SegmentVerdict(name, "kept", f"{words}, within the margin of -{SEGMENT_MARGIN:g}")
    return SegmentVerdict(name, "undecided", f"{words}, a loss beyond -{SEGMENT_MARGIN:g} cannot be told")


def _p_below(figure: Figure) -> float:
    """One-sided p-value of `the difference is at least minus the margin`; 1 when the upper end is not known."""
    if isinstance(figure, Missing) or figure.high is None:
        return 1.0
    error = (figure.high - figure.value) / Z_OF_LEVEL
    if error <= 0.0:
        return 0.0 if figure.value < -SEGMENT_MARGIN else 1.0
    return NormalDist().cdf((figure.value + SEGMENT_MARGIN) / error)
