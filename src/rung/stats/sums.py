"""Means of clustered items from a handful of sums, so that a database can add up the rows.

Items of one cluster (a document, a customer, a conversation) may agree with each other for reasons that the next
cluster does not share, so the cluster is the unit that was sampled. The standard error is the one of Miller 2024
(arXiv:2411.00640, appendix A) times sqrt(G / (G - 1)), which for clusters of one item gives the usual s / sqrt(n).

With T_g and n_g the sum and the number of items of cluster g, the squared deviations of all clusters from the mean m
are sum T_g^2 - 2 m sum T_g n_g + m^2 sum n_g^2. Such differences of large sums are taken in exact rational arithmetic,
so nothing is lost here; sums of 0/1 outcomes are exact to begin with (whole numbers below 2^53). Sums of other values
carry the rounding of whoever added them up, which is why those values should be added up less a `centre` near their
mean: at 10 million items a mean of 1,000 with a spread of 1 keeps ten digits of its error that way and four without.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, sqrt

from rung.stats.critical import student_critical
from rung.stats.interval import Interval

ONE_CLUSTER = "all items belong to one group: their spread between groups is unknown; add items of other groups"


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """All that the intervals need to know of `n` items in `clusters` clusters.

    With x the value of an item less `centre`: `total` is the sum of x, `total_square` that of x^2, and over clusters
    `cluster_square` sums (sum of x)^2, `cluster_cross` (sum of x)(items), `size_square` (items)^2.
    `carriers` counts the clusters that hold any value but the most common one (0 and 1 equally common: but 0); for
    means and ratios it matters only that it is 0 exactly when all values are equal.
    Weighted items: every item counts w times in all the sums, so that x becomes w x, x^2 becomes w x^2 and "items" of
    a cluster its sum of w; `weight` is the sum of w and `weight_square` that of w^2. Both None: every w is 1.
    """

    n: int
    clusters: int
    total: float
    total_square: float
    cluster_square: float
    cluster_cross: float
    size_square: float
    carriers: int
    centre: float = 0.0
    weight: float | None = None
    weight_square: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.clusters <= self.n or not 0 <= self.carriers <= self.clusters:
            raise ValueError(
                f"need n >= clusters >= 1 and carriers from 0 to clusters, got n={self.n}, "
                f"clusters={self.clusters}, carriers={self.carriers}"
            )
        sums = (self.total, self.total_square, self.cluster_square, self.cluster_cross, self.size_square, self.centre)
        if not all(isfinite(value) for value in (*sums, self.weight or 0.0, self.weight_square or 0.0)):
            raise ValueError("sums must be finite")
        if (self.weight is None) != (self.weight_square is None) or self.size <= 0.0:
            raise ValueError("weight and weight_square belong together, and the weights must not all be zero")

    @property
    def size(self) -> float:
        """The sum of the weights; n without weights."""
        return float(self.n if self.weight is None else self.weight)

    @property
    def mean(self) -> float:
        """The (weighted) mean, in the unit of the values."""
        return self.centre + self.total / self.size


def covariance_from_sums(first: ClusterSums, second: ClusterSums, cluster_product: float) -> float | None:
    """Clustered covariance of the two means over the same items; None with fewer than two clusters.

    `cluster_product` sums, over clusters, (sum of the first's x)(sum of the second's x). G / (G - 1) times the sum
    over clusters of the products of both deviations, over the squared number of items.
    """
    if first.clusters < 2:
        return None
    size, size_square = Fraction(first.size), Fraction(float(first.size_square))
    one, two = Fraction(float(first.total)), Fraction(float(second.total))
    products = (
        Fraction(float(cluster_product)) * size**2
        - size * (two * Fraction(float(first.cluster_cross)) + one * Fraction(float(second.cluster_cross)))
        + one * two * size_square
    )
    return float(products / size**4 * Fraction(first.clusters, first.clusters - 1))


def standard_error_from_sums(sums: ClusterSums) -> float | None:
    """Standard error of the (weighted) mean, in the unit of the values; None with fewer than two clusters."""
    variance = covariance_from_sums(sums, sums, sums.cluster_square)
    return None if variance is None else sqrt(max(0.0, variance))


def design_effect_from_sums(sums: ClusterSums) -> float | None:
    """How many times larger the variance of the mean is than that of as many independent items.

    1 for clusters of one item. Below 1 when items of a cluster differ more than items of different clusters.
    None with fewer than two clusters or when all values are equal. Weighted items count as (sum w)^2 / sum w^2.
    """
    error = standard_error_from_sums(sums)
    if error is None or sums.carriers == 0:
        return None
    size = Fraction(sums.size)
    squares = Fraction(float(sums.total_square)) * size - Fraction(float(sums.total)) ** 2
    spread = float(squares / size**2) * sums.n / (sums.n - 1)
    return error**2 * _items(sums) / spread if spread > 0.0 else None


def effective_from_sums(sums: ClusterSums) -> float | None:
    """The number of independent items that would know the (weighted) mean as well as these, in [1, n].

    n / deff with deff = (k * max(1, seen) + worst) / (k + 1): `seen` is the design effect of the sample, `worst`
    that of clusters whose items always agree, and k the number of carriers. Exactly n for equally weighted
    clusters of one item; None for several items in one cluster. `stats/effective.py` gives the reason.
    """
    items = _items(sums)
    single = sums.clusters == sums.n
    if single and sums.weight is None:
        return items
    if sums.clusters == 1 and not single:
        return None
    seen = max(1.0, design_effect_from_sums(sums) or 1.0)
    if single:
        return items / seen
    worst = items * sums.size_square / sums.size**2
    return items / ((sums.carriers * seen + worst) / (sums.carriers + 1))


def mean_from_sums(sums: ClusterSums, *, level: float) -> Interval:
    """The mean with its t interval on G - 1 degrees of freedom, two-sided at `level`, in the unit of the values."""
    error = standard_error_from_sums(sums)
    if error is None:
        return Interval(sums.mean, None, None, ONE_CLUSTER)
    if sums.carriers == 0:
        return Interval(sums.mean, None, None, f"all {sums.n} values are equal: their spread is unknown")
    reach = student_critical(level, sums.clusters - 1) * error
    note = "" if sums.clusters == sums.n else f"clustered: {sums.n} items in {sums.clusters} groups"
    return Interval(sums.mean, sums.mean - reach, sums.mean + reach, note)


def _items(sums: ClusterSums) -> float:
    """Kish's number of items, (sum w)^2 / sum w^2; n without weights."""
    return float(sums.n) if sums.weight_square is None else sums.size**2 / sums.weight_square
