"""Successes among independent trials, watched without end: the beta-binomial mixture.

The evidence against a share p is the likelihood ratio of the data under a beta-distributed share over p, a
martingale when p is true (Robbins 1970; Howard et al. 2021, arXiv:1810.08240). The beta is either
uniform or centred on p and as wide as is best after `tuned_at` trials.
"""

from __future__ import annotations

from math import inf, log

from rung.stats.critical import upper_tail
from rung.stats.interval import Interval
from rung.stats.sequential.crossing import crossing
from rung.stats.sequential.normal_mixture import check_alpha, mixture_precision

_LEAST = 1e-3  # of the variance of one trial: keeps the beta proper when tuned for very few trials


def tuned_beta(share: float, *, tuned_at: float, alpha: float, one_sided: bool = False) -> tuple[float, float]:
    """Both parameters of the beta around `share` in (0, 1) that suits `tuned_at` trials; its mean is `share`."""
    variance = share * (1 - share)
    precision = mixture_precision(tuned_at * variance, alpha=alpha, one_sided=one_sided)
    rest = max(precision - variance, _LEAST * variance)
    return rest / (1 - share), rest / share


def log_beta_binomial(
    successes: float, failures: float, share: float, prior: tuple[float, float], *, one_sided: bool = False
) -> float:
    """Log evidence against a success rate of `share` in (0, 1); 0 before the first trial.

    One-sided: against every rate up to `share`, with the beta cut off below it. Reject at log(1 / alpha).
    """
    from scipy.special import betaln

    first, second = prior
    value = float(betaln(first + successes, second + failures) - betaln(first, second))
    value -= successes * log(share) + failures * log(1 - share)
    if one_sided:
        value += _log_beta_above(share, first + successes, second + failures)
        value -= _log_beta_above(share, first, second)
    return value


def beta_binomial_bound(
    variance: float, *, alpha: float, tuned_at: float, below: float, above: float, one_sided: bool = False
) -> float:
    """The largest sum that chance explains of centred steps that are -`below` or +`above` (both positive).

    `variance` is below * above * number of steps, and `tuned_at` likewise. The ceiling of the sum itself,
    variance / below, when even that is no proof.
    """
    check_alpha(alpha)
    if variance < 0 or below <= 0 or above <= 0:
        raise ValueError(f"need variance >= 0, below > 0, above > 0, got {variance}, {below}, {above}")
    span = below + above
    share, trials = below / span, variance / (below * above)
    prior = tuned_beta(share, tuned_at=tuned_at / (below * above), alpha=alpha, one_sided=one_sided)

    def room(total: float) -> float:
        successes = share * trials + total / span
        evidence = log_beta_binomial(successes, trials - successes, share, prior, one_sided=one_sided)
        return -log(alpha) - evidence

    ceiling = variance / below
    if ceiling == 0.0 or room(ceiling) >= 0.0:
        return ceiling
    return crossing(room, 0.0, ceiling)


def bernoulli_sequence(successes: int, n: int, *, level: float, tuned_at: float | None = None) -> Interval:
    """The success rate after `n` independent trials, valid at all n at once with probability `level`, in [0, 1].

    Each look may widen or narrow it; the truth lies in every one of them. `tuned_at` None takes the uniform beta;
    otherwise the interval is tightest after that many trials.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"need 0 <= successes <= n and n >= 1, got {successes} of {n}")
    alpha = 2 * upper_tail(level)

    def excess(share: float) -> float:
        prior = (1.0, 1.0) if tuned_at is None else tuned_beta(share, tuned_at=tuned_at, alpha=alpha)
        return log_beta_binomial(successes, n - successes, share, prior) + log(alpha)

    mid = successes / n
    low = 0.0 if successes == 0 else crossing(excess, 0.0, mid)
    high = 1.0 if successes == n else crossing(excess, 1.0, mid)
    return Interval(mid, low, high)


def _log_beta_above(share: float, first: float, second: float) -> float:
    """Log of the probability that a beta variable exceeds `share`; -inf where it is below the smallest float."""
    from scipy.special import betainc

    chance = float(betainc(second, first, 1 - share))
    return log(chance) if chance > 0.0 else -inf
