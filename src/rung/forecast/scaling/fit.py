"""The law fitted to a team's own runs, with joint draws of its constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rung.forecast.scaling.law import FloatArray, LawDraws
from rung.forecast.scaling.many_fits import many_fits
from rung.forecast.scaling.objective import PUBLISHED_HUBER, Points, as_laws, huber, predicted, with_slopes
from rung.forecast.scaling.run import ScalingRun

CONSTANTS = 5
DRAWS = 1_000
EFFICIENT_HUBER = 1.345
"""Standard deviations: 95 % as exact as least squares where noise is normal (Huber 1964)."""
NORMAL_MAD = 1.4826
LARGEST_LEVERAGE = 0.95
STARTS = [(share, alpha, beta) for share in (0.05, 0.3, 0.7) for alpha in (0.2, 0.5, 1.0) for beta in (0.2, 0.5, 1.0)]
"""Of the search: the share of the loss that is irreducible, and the exponents. The lowest end wins."""


@dataclass(frozen=True, slots=True)
class Fit:
    """`best` is one law, `draws` joint draws around it; `residual` the runs' standard deviation in log loss."""

    best: LawDraws
    draws: LawDraws
    residual: float
    runs: int


def fit_law(runs: Sequence[ScalingRun], *, rng: np.random.Generator, draws: int = DRAWS) -> Fit:
    """The law of the runs, at least six, which are all used; tokens count by their worth.

    Huber's loss on log losses, from 27 starts, as Hoffmann et al. 2022; but its transition follows the noise of these
    runs (1.345 robust standard deviations, never under the published 0.001): at the published transition and the noise
    of small runs it would take medians and throw a third of the evidence away.

    The draws are a residual bootstrap of all runs together: residuals, made equal in variance by their leverage
    (Davison and Hinkley 1997, section 6.3), are drawn with replacement and laid upon the fitted losses, wider by
    sqrt((n - 5) / chi2) with n - 5 degrees of freedom for each draw, which does for few runs what Student's t does.
    Where the runs tell the losses on the parts of the held-out text, those are drawn anew too, the same for all runs.
    """
    points = Points.of(
        np.array([run.parameters for run in runs], float), np.array([run.worth_tokens for run in runs], float)
    )
    log_losses = np.log([run.nats for run in runs])
    theta, transition = _point(points, log_losses)
    fitted, slopes = with_slopes(points, theta[None])
    residuals = log_losses - fitted[0]
    freedom = max(len(runs) - CONSTANTS, 1)
    spread = float(np.sqrt((residuals**2).sum() / freedom))
    noise = _noise(residuals, slopes[0], draws, rng) * np.sqrt(freedom / rng.chisquare(freedom, draws))[:, None]
    again = fitted + noise + _held_out_noise(runs, draws, rng)
    found = many_fits(points, again, np.repeat(theta[None], draws, axis=0), transition=transition)
    return Fit(as_laws(points, theta[None]), as_laws(points, found), spread, len(runs))


def _point(points: Points, log_losses: FloatArray) -> tuple[FloatArray, float]:
    """(parameters, transition): the lowest end of all starts, then again with a transition by its residuals."""
    starts = _starts(float(log_losses.mean()))
    rows = np.repeat(log_losses[None], len(starts), axis=0)
    transition = _transition(log_losses - log_losses.mean(), log_losses.size)
    best = starts[0]
    for _ in range(3):
        ends = many_fits(points, rows, starts, transition=transition)
        best = ends[int(np.argmin(huber(rows - predicted(points, ends), transition)))]
        transition = _transition(log_losses - predicted(points, best[None])[0], log_losses.size)
        starts = np.vstack([best[None], starts[1:]])
    return best, transition


def _starts(middle: float) -> FloatArray:
    rows = [
        (middle + np.log((1 - share) / 2), middle + np.log((1 - share) / 2), middle + np.log(share),
         np.log(alpha), np.log(beta))
        for share, alpha, beta in STARTS
    ]  # fmt: skip
    return np.array(rows)


def _transition(residuals: FloatArray, count: int) -> float:
    robust = NORMAL_MAD * float(np.median(np.abs(residuals))) * np.sqrt(count / max(count - CONSTANTS, 1))
    return max(PUBLISHED_HUBER, EFFICIENT_HUBER * float(robust))


def _noise(residuals: FloatArray, slopes: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Residuals of equal variance, drawn with replacement, shape (draws, runs)."""
    leverage = np.einsum("ni,ij,nj->n", slopes, np.linalg.pinv(slopes.T @ slopes), slopes)
    even = residuals / np.sqrt(1 - np.clip(leverage, 0.0, LARGEST_LEVERAGE))
    return rng.choice(even - even.mean(), (draws, residuals.size))


def _held_out_noise(runs: Sequence[ScalingRun], draws: int, rng: np.random.Generator) -> FloatArray:
    """How the log losses move when the parts of the held-out text are drawn with replacement, shape (draws, runs);
    nothing where the parts are not told. The parts are of one length."""
    parts = {len(run.block_nats) for run in runs}
    if len(parts) != 1 or parts <= {0, 1}:
        return np.zeros((draws, len(runs)))
    nats = np.array([run.block_nats for run in runs])
    count = nats.shape[1]
    weights = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    return np.asarray(np.log(weights @ nats.T / nats.sum(axis=1)))
