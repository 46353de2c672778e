"""Do the arms get the traffic they were meant to get?

A split that is off its weights means that requests are lost or misrouted, and then no comparison of the arms can be
trusted. The evidence is a Bayes factor: a Dirichlet mixture over splits, against the intended one (Lindon and Malek
2022, arXiv:2011.03567). It may be read at any time. Each rollout step has its own weights; evidence multiplies over
steps, because it has mean 1 within each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isclose, lgamma, log

from rung.stats.sequential.normal_mixture import check_alpha

_CONCENTRATION = 100.0  # splits some five points from an even one are taken for likely; smaller gaps need more traffic


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Evidence that the split is not as intended; a value that can be stored.

    `weights` are the intended shares of this step (they sum to 1), `counts` the requests of each arm in this step.
    `earlier` is the log evidence of finished steps, `peak` the largest in all so far.
    """

    weights: tuple[float, ...]
    counts: tuple[int, ...]
    earlier: float = 0.0
    peak: float = 0.0

    @property
    def log_evidence(self) -> float:
        """The log Bayes factor now, over all steps."""
        return self.earlier + _log_bayes_factor(self.weights, self.counts)

    def update(self, counts: Sequence[int]) -> SampleRatio:
        """With as many more requests of each arm, in the order of `weights`."""
        if len(counts) != len(self.weights) or min(counts) < 0:
            raise ValueError(f"need {len(self.weights)} counts, none negative, got {tuple(counts)}")
        after = replace(self, counts=tuple(old + new for old, new in zip(self.counts, counts, strict=True)))
        return replace(after, peak=max(self.peak, after.log_evidence))

    def next_step(self, weights: Sequence[float]) -> SampleRatio:
        """The same watch at the start of a step with other `weights`."""
        return replace(start_sample_ratio(weights), earlier=self.log_evidence, peak=self.peak)

    def is_off(self, alpha: float) -> bool:
        """True once the split is shown, at error rate `alpha` over the whole watch, not to be the intended one."""
        check_alpha(alpha)
        return self.peak >= -log(alpha)


def start_sample_ratio(weights: Sequence[float]) -> SampleRatio:
    """A watch over arms that are meant to get these `weights` of the traffic: two or more, positive, sum 1."""
    if len(weights) < 2 or min(weights) <= 0 or not isclose(sum(weights), 1.0, abs_tol=1e-9):
        raise ValueError(f"weights must be two or more positive numbers that sum to 1, got {tuple(weights)}")
    return SampleRatio(tuple(weights), (0,) * len(weights))


def _log_bayes_factor(weights: Sequence[float], counts: Sequence[int]) -> float:
    total = sum(counts)
    value = lgamma(_CONCENTRATION) - lgamma(_CONCENTRATION + total)
    for weight, count in zip(weights, counts, strict=True):
        prior = _CONCENTRATION * weight
        value += lgamma(prior + count) - lgamma(prior) - count * log(weight)
    return value
