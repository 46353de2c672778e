"""Does the candidate fail more often? Evidence from blocks in which both arms served at the same time.

Each block of nA requests of the current system and nB of the candidate, with yA and yB failures, multiplies the
evidence by

    (tA/t0)^yA ((1-tA)/(1-t0))^(nA-yA) (tB/t0)^yB ((1-tB)/(1-t0))^(nB-yB),    t0 = (nA tA + nB tB) / (nA + nB)

(Turner, Ly and Gruenwald 2024, arXiv:2106.02693). Whatever failure rate both share in that block, the factor has
mean at most 1 when tA and tB come from earlier blocks only, and at most that when the candidate fails less often.
So base rate and traffic split may move from block to block; only inside a block must they stand still.

Where we differ from the paper in how tA and tB are guessed: the candidate's odds against the current system's are
pooled over blocks (Mantel and Haenszel 1959), so that a split that grows while failures change feigns no
difference, and the base rate is that of recent blocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import log, log1p

from rung.stats.sequential.normal_mixture import check_alpha

_MEMORY = 0.9  # weight of a block's past in the base rate: about ten blocks are remembered
_PSEUDO = 1.0  # an odds ratio of 1 is believed as firmly as one discordant pair on either side
_BASE_FAILURES, _BASE_REQUESTS = 0.5, 10.0  # the base rate before the first block is 5 %


@dataclass(frozen=True, slots=True)
class Block:
    """Requests and failures of both arms in one stretch of time with one traffic split."""

    current_requests: int
    current_failures: int
    candidate_requests: int
    candidate_failures: int

    def __post_init__(self) -> None:
        for failures, requests in (
            (self.current_failures, self.current_requests),
            (self.candidate_failures, self.candidate_requests),
        ):
            if not 0 <= failures <= requests:
                raise ValueError(f"need 0 <= failures <= requests, got {failures} of {requests}")


@dataclass(frozen=True, slots=True)
class Harm:
    """Evidence that the candidate fails more often than the current system; a value that can be stored.

    `log_evidence` is its log now, `peak` the largest after any block: harm at level alpha once `peak` reaches
    log(1 / alpha). `candidate_odds` and `current_odds` are the two sums whose ratio is the pooled odds ratio;
    `recent_failures` and `recent_requests` fade, and their ratio is the base rate of the next bet.
    """

    log_evidence: float = 0.0
    peak: float = 0.0
    blocks: int = 0
    candidate_odds: float = 0.0
    current_odds: float = 0.0
    recent_failures: float = 0.0
    recent_requests: float = 0.0

    def update(self, block: Block) -> Harm:
        """The evidence after one more block. A block in which one arm served nothing changes no evidence."""
        evidence = self.log_evidence + log_block_factor(block, *self.guess())
        total = block.current_requests + block.candidate_requests
        right_current = block.current_requests - block.current_failures
        right_candidate = block.candidate_requests - block.candidate_failures
        return replace(
            self,
            log_evidence=evidence,
            peak=max(self.peak, evidence),
            blocks=self.blocks + 1,
            candidate_odds=self.candidate_odds + (block.candidate_failures * right_current / total if total else 0.0),
            current_odds=self.current_odds + (block.current_failures * right_candidate / total if total else 0.0),
            recent_failures=_MEMORY * self.recent_failures + block.current_failures + block.candidate_failures,
            recent_requests=_MEMORY * self.recent_requests + total,
        )

    def guess(self) -> tuple[float, float]:
        """Failure rates (current, candidate) in (0, 1) that the next block is bet on; equal when nothing is bet."""
        base = (self.recent_failures + _BASE_FAILURES) / (self.recent_requests + _BASE_REQUESTS)
        ratio = (self.candidate_odds + _PSEUDO) / (self.current_odds + _PSEUDO)
        return base, ratio * base / (1 - base + ratio * base)

    def shows_harm(self, alpha: float) -> bool:
        """True once the candidate is shown, at error rate `alpha` over the whole watch, to fail more often."""
        check_alpha(alpha)
        return self.peak >= -log(alpha)


def watch(blocks: Iterable[Block], *, start: Harm | None = None) -> Harm:
    """The evidence after all `blocks` in order, from the beginning or from `start`."""
    state = Harm() if start is None else start
    for block in blocks:
        state = state.update(block)
    return state


def log_block_factor(block: Block, current_rate: float, candidate_rate: float) -> float:
    """Log of the factor of one block for guessed rates in (0, 1); 0 unless the candidate's is the higher."""
    if candidate_rate <= current_rate or block.current_requests == 0 or block.candidate_requests == 0:
        return 0.0
    total = block.current_requests + block.candidate_requests
    shared = (block.current_requests * current_rate + block.candidate_requests * candidate_rate) / total
    return _log_ratio(block.current_failures, block.current_requests, current_rate, shared) + _log_ratio(
        block.candidate_failures, block.candidate_requests, candidate_rate, shared
    )


def _log_ratio(failures: int, requests: int, rate: float, shared: float) -> float:
    """Log likelihood of `failures` under `rate` less that under `shared`; log1p keeps the digits of small gaps."""
    right = requests - failures
    return failures * log1p((rate - shared) / shared) + right * log1p((shared - rate) / (1 - shared))
