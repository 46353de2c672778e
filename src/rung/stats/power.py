"""How many items would decide a question."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

from rung.stats.critical import normal_critical


def items_to_decide(
    rate: float, bound: float, *, level: float, design_effect: float = 1.0, limit: int = 100_000
) -> int | None:
    """The fewest items at which Wilson's one-sided bound around an observed `rate` clears `bound`.

    Either way: from above when the rate is higher than the bound, from below when it is lower. In items, for
    items as clustered as `design_effect` says. None when rate and bound are equal, or beyond `limit`. The
    smallest n with (rate - bound)^2 > z^2 bound (1 - bound) / n (Wilson's interval inverts this test).
    """
    if not (0.0 <= rate <= 1.0 and 0.0 <= bound <= 1.0 and design_effect > 0.0):
        raise ValueError(f"need shares and a positive design effect, got {rate}, {bound}, {design_effect}")
    if rate == bound:
        return None
    square = normal_critical(level) ** 2
    needed = square * bound * (1.0 - bound) / (rate - bound) ** 2 * design_effect
    items = max(1, int(needed) + 1) if needed < limit else limit + 1
    return items if items <= limit else None


def items_behind(share: float, low: float | None, high: float | None, *, level: float) -> float | None:
    """The number of independent items behind a Wilson interval, from its ends; None when no end can tell.

    Undoes `wilson_ends` at the normal quantile, so that items / items_behind is the design effect to plan
    with (Student's t for few groups included).
    """
    square = normal_critical(level) ** 2
    for end in (low, high):
        if end is not None and end != share and 0.0 < end < 1.0:
            return square * end * (1.0 - end) / (share - end) ** 2
    return None


def connor_items(p10: float, p01: float, *, alpha: float, power: float) -> int:
    """Pairs for McNemar's test, two-sided at `alpha`, to find this difference with probability `power`.

    `p10` and `p01` are the shares of items that only one of the two gets right; they must differ (Connor 1987).
    """
    if p10 < 0.0 or p01 < 0.0 or p10 + p01 > 1.0 or p10 == p01:
        raise ValueError(f"need two different shares that sum to at most 1, got {p10} and {p01}")
    discordant, difference = p10 + p01, abs(p10 - p01)
    quantile_alpha, quantile_power = _quantiles(alpha, power)
    reach = quantile_alpha * sqrt(discordant) + quantile_power * sqrt(discordant - difference**2)
    return _round_up((reach / difference) ** 2)


def mean_difference_items(
    difference: float,
    *,
    variance_of_differences: float,
    alpha: float,
    power: float,
    noise_first: float = 0.0,
    noise_second: float = 0.0,
    samples_first: int = 1,
    samples_second: int = 1,
    design_effect: float = 1.0,
) -> int:
    """Items to find this mean difference with probability `power`, two-sided at `alpha` (Miller 2024, section 5).

    `variance_of_differences` is between items, `noise_first` and `noise_second` the variances of repeated
    answers to one item, each asked `samples_*` times. All variances in the square of the difference's unit.
    """
    if difference == 0.0:
        raise ValueError("the difference to find must not be zero")
    quantile_alpha, quantile_power = _quantiles(alpha, power)
    variance = variance_of_differences + noise_first / samples_first + noise_second / samples_second
    return _round_up((quantile_alpha + quantile_power) ** 2 * variance / difference**2 * design_effect)


def planned_design_effect(cluster_size: float, intraclass_correlation: float) -> float:
    """1 + (m - 1) ICC: how many times more items are needed in clusters of m (Kish 1965; Miller 2024, section 5).

    For planning, before there is a sample: `cluster_size` is the (mean) number of items in a cluster, at least 1,
    and the correlation of two items of one cluster lies in [-1 / (m - 1), 1].
    """
    effect = 1.0 + (cluster_size - 1.0) * intraclass_correlation
    if not (cluster_size >= 1.0 and intraclass_correlation <= 1.0 and effect >= 0.0):
        raise ValueError(
            "need clusters of at least 1 and a correlation from -1 / (m - 1) to 1, "
            f"got {cluster_size} and {intraclass_correlation}"
        )
    return effect


def _quantiles(alpha: float, power: float) -> tuple[float, float]:
    if not (0.0 < alpha < 1.0 and 0.0 < power < 1.0):
        raise ValueError(f"alpha and power must lie between 0 and 1, got {alpha} and {power}")
    return NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(power)


def _round_up(items: float) -> int:
    return max(1, ceil(items - 1e-9 * items))
